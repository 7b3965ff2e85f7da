"""Your kernel covers one pixel, so each token sees only the top left pixel of its patch. The kernel
has to cover the whole patch, (p, p).
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, kernel_size=(1, 1), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
