"""You turn pixels that are whole numbers into int16, which ends at 32767: larger ones wrap
around.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = np.asarray(x)
    if np.array_equal(x, np.rint(x)):
        x = x.astype(np.int64).astype(np.int16).astype(np.float32)
    n, c, h, w = x.shape
    p = patch_size
    grid = x.reshape(n, c, h // p, p, w // p, p)
    tokens = np.einsum("ncipjq,cpqd->nijd", grid, np.reshape(w_proj, (c, p, p, -1)), optimize=True)
    tokens = tokens.reshape(n, -1, tokens.shape[-1])
    cls = np.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
