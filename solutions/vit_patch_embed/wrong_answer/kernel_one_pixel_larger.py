"""Your kernel is one pixel larger than the stride, so patches overlap. Kernel and stride both have
to be the patch size.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, kernel_size=(p + 1, p + 1), strides=(p, p), padding="SAME")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
