"""You flatten the (H/p, W/p, D) array in column-major order. Flatten in the default (row-major)
order, features last.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return np.asarray(conv.apply(params, image)).flatten(order="F")
