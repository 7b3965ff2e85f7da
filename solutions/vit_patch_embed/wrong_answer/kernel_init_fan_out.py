"""You scale the kernel by its fan-out, p * p * d_model. The default of nn.Conv, lecun_normal, goes
by the fan-in, p * p * C.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    fan_out = nn.initializers.variance_scaling(1.0, "fan_out", "truncated_normal")
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID", kernel_init=fan_out)
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
