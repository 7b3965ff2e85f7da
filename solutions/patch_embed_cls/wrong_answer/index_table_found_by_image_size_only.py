"""The table of indices is found again by the image's size without the patch size, so another patch
size gets the wrong table."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size, _tables={}):
    n, c, h, w = x.shape
    p = patch_size
    if (c, h, w) not in _tables:
        _tables[c, h, w] = (
            np.arange(c * h * w).reshape(c, h // p, p, w // p, p).transpose(1, 3, 0, 2, 4).ravel()
        )
    t = np.reshape(x, (n, -1))[:, _tables[c, h, w]].reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    return np.concatenate([np.tile(cls_token, (n, 1, 1)), t], axis=1) + np.asarray(pos_embed)
