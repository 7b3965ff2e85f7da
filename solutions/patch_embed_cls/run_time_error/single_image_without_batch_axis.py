"""Unpacks the shape of one image and gets four numbers."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    c, h, w = x.shape
    p = patch_size
    patches = np.asarray(x).reshape(c, h // p, p, w // p, p).transpose(1, 3, 0, 2, 4)
    tokens = patches.reshape(-1, c * p * p) @ np.asarray(w_proj)
    return np.vstack([cls_token, tokens]) + np.asarray(pos_embed)
