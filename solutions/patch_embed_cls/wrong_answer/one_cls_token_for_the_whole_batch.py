"""You prepend one [CLS] token to the patches of the whole batch. Every image has a sequence of
its own and needs its own [CLS] in front.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, pos_embed, p = np.asarray(x), np.asarray(pos_embed), patch_size
    n, c, h, w = x.shape
    grid = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = grid.reshape(-1, c * p * p) @ np.asarray(w_proj)
    sequence = np.vstack([cls_token, tokens])
    positions = np.vstack([pos_embed[:1], np.tile(pos_embed[1:], (n, 1))])
    return sequence + positions
