"""Returns the numbers as a flat array."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = np.asarray(x), np.asarray(w_proj), np.asarray(pos_embed)
    n, c, h, w = x.shape
    p = patch_size
    pieces = []
    for image in x:
        grid = image.reshape(c, h // p, p, w // p, p).transpose(1, 3, 0, 2, 4)
        tokens = grid.reshape(-1, c * p * p) @ w_proj
        pieces += [cls_token + pos_embed[0], (tokens + pos_embed[1:]).ravel()]
    return np.concatenate(pieces)
