"""The loop over the rows of patches never moves on."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    p = patch_size
    top, patches = 0, []
    while top < x.shape[2]:
        patches = [x[:, :, top : top + p, left : left + p] for left in range(0, x.shape[3], p)]
    tokens = np.stack([patch.reshape(len(x), -1) @ w_proj for patch in patches], axis=1)
    cls = np.tile(cls_token, (len(x), 1, 1))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
