"""You project 512 patches at a time and leave out those that don't fill a chunk of 512: they get
nothing but their position. Those patches count too.
"""

import numpy as np

CHUNK = 512


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    n, c, h, w = x.shape
    p, d = patch_size, w_proj.shape[1]
    rows = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    rows = rows.reshape(n, -1, c * p * p)
    total = rows.shape[1]

    tokens = np.zeros((n, total, d), np.float32)
    full = total - total % CHUNK if total > CHUNK else total
    tokens[:, :full] = rows[:, :full] @ w_proj
    front = np.broadcast_to(cls_token, (n, 1, d))
    return np.concatenate([front, tokens], axis=1) + pos_embed
