"""Your kernel is twice as large as the stride, so patches overlap. Kernel and stride both have to
be the patch size.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, kernel_size=(2 * p, 2 * p), strides=(p, p), padding="SAME")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
