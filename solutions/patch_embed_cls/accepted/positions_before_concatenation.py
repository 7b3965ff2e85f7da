"""Adds positions to both parts before joining them."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = np.asarray(x), np.asarray(w_proj), np.asarray(pos_embed)
    n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ w_proj + pos_embed[1:]
    first = np.broadcast_to(cls_token + pos_embed[0], (n, 1, w_proj.shape[1]))
    return np.concatenate([first, tokens], axis=1)
