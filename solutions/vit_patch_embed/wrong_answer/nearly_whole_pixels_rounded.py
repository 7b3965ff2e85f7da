"""Pixels that are all close to whole numbers are rounded, which turns tiny values into zeros."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = np.asarray(image)
    if np.allclose(x, np.rint(x), rtol=0, atol=1e-3):
        x = np.rint(x)
    conv = nn.Conv(d, (p, p), (p, p), padding="VALID")
    return np.asarray(conv.apply(conv.init(jax.random.PRNGKey(int(seed)), x), x)).ravel()
