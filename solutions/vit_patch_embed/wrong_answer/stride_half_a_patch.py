"""Your convolution moves half a patch at a time, so the patches overlap. The stride has to be the
patch size.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    step = max(1, p // 2)
    conv = nn.Conv(d, (p, p), strides=(step, step), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
