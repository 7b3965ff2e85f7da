"""You initialize the kernel with xavier_uniform. The exercise keeps the default of nn.Conv,
lecun_normal.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(
        d, (p, p), strides=(p, p), padding="VALID", kernel_init=nn.initializers.xavier_uniform()
    )
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
