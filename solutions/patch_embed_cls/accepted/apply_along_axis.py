"""np.apply_along_axis projects patch after patch."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(n, -1, c * p * p)
    tokens = np.apply_along_axis(lambda patch: patch @ w_proj, 2, patches)
    cls = np.broadcast_to(cls_token, (n, 1, w_proj.shape[1]))
    return np.concatenate([cls, tokens], axis=1) + np.asarray(pos_embed)
