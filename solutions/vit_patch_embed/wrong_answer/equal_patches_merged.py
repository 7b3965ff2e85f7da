"""Equal patches are embedded once and returned once; every patch gives a token of its own."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = np.asarray(image)
    H, W, C = x.shape
    t = x.reshape(H // p, p, W // p, p, C).swapaxes(1, 2).reshape(-1, p * p * C)
    _, first = np.unique(t, axis=0, return_index=True)
    dense = nn.Dense(d)
    v = dense.init(jax.random.PRNGKey(int(seed)), t)
    return np.asarray(dense.apply(v, t[np.sort(first)])).ravel()
