"""Patches of zeros are left out as background; every patch gives a token."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = np.asarray(image)
    H, W, C = x.shape
    t = x.reshape(H // p, p, W // p, p, C).swapaxes(1, 2).reshape(-1, p * p * C)
    dense = nn.Dense(d)
    v = dense.init(jax.random.PRNGKey(int(seed)), t)
    keep = t.any(axis=1)
    return np.asarray(dense.apply(v, t[keep])).ravel()
