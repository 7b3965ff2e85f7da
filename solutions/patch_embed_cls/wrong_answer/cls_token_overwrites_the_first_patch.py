"""Your [CLS] token takes the place of the first patch, and the last slot stays empty. Move the
patches one place up: they start at index 1.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = np.array(x), np.array(w_proj), np.array(pos_embed)
    n, c, h, w = x.shape
    p = patch_size
    grid = x.reshape(n, c, h // p, p, w // p, p)
    kernel = w_proj.reshape(c, p, p, -1)
    tokens = np.einsum("nchiwj,cijd->nhwd", grid, kernel, optimize=True)
    tokens = tokens.reshape(n, -1, w_proj.shape[1])

    out = np.zeros((n, len(pos_embed), w_proj.shape[1]), dtype=x.dtype)
    out[:, :-1] = tokens
    out[:, 0] = cls_token
    out += pos_embed
    return out
