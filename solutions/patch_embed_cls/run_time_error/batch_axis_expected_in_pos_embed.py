"""Unpacks three axes from pos_embed, which has two."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    _, length, d_model = pos_embed.shape
    tokens = patches.reshape(n, length - 1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, d_model))
    return np.concatenate([cls, tokens], axis=1) + np.asarray(pos_embed)
