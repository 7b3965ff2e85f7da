"""Takes its arguments by keyword only."""

import numpy as np


def patch_embed_cls(*, x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = (
        np.asarray(x)
        .reshape(n, c, h // p, p, w // p, p)
        .transpose(0, 2, 4, 1, 3, 5)
        .reshape(n, -1, c * p * p)
    )
    tokens = patches @ np.asarray(w_proj)
    out = np.insert(tokens, 0, np.asarray(cls_token), axis=1)
    return out + np.asarray(pos_embed)
