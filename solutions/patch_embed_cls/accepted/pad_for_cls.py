"""np.pad makes room for [CLS], which is then added."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    seq = np.pad(tokens, [(0, 0), (1, 0), (0, 0)])
    seq[:, :1] += cls_token
    return seq + np.asarray(pos_embed)
