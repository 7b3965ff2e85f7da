"""Your result is cast to integers, by an explicit cast or by an integer array that you
fill, which cuts off everything behind the decimal point. Return floats.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return np.asarray(conv.apply(params, image)).reshape(-1).astype(int)
