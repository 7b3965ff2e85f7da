"""Returns [CLS] and patches as a list of two arrays that don't stack."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    x, w_proj, pos_embed = np.asarray(x), np.asarray(w_proj), np.asarray(pos_embed)
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ w_proj
    return [cls_token + pos_embed[0], tokens + pos_embed[1:]]
