"""Your result is rounded to 8 decimals, and tiny pixels give tiny numbers. Round what you print,
not what you return.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = np.asarray(conv.apply(params, image), np.float64).reshape(-1, d)
    return tokens.round(8).ravel()
