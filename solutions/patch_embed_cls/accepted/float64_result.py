"""Computes and returns float64."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, cls_token, pos_embed = (
        np.asarray(a, dtype=np.float64) for a in (x, w_proj, cls_token, pos_embed)
    )
    n, c, h, w = x.shape
    p = patch_size
    grid = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    seq = grid.reshape(n, -1, c * p * p) @ w_proj
    seq = np.concatenate([np.broadcast_to(cls_token, (n, 1, seq.shape[2])), seq], axis=1)
    return seq + pos_embed
