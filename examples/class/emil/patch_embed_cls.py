import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    grid = h // patch_size
    patches = x.reshape(n, c, grid, patch_size, grid, patch_size)
    patches = patches.transpose(0, 2, 4, 1, 3, 5).reshape(n, grid * grid, -1)
    tokens = patches @ w_proj
    cls = np.tile(cls_token, (n, 1, 1))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
