"""Your bias is initialized to ones, which adds 1 to every element. Keep the default bias of
nn.Conv, which is zero.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID", bias_init=nn.initializers.ones)
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
