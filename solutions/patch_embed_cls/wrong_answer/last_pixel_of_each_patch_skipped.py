"""The last row and the last column of pixels of each patch never count in your sum. A slice
already leaves out its end, so there is no one to subtract.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, p = np.asarray(x), patch_size
    n, c, h, w = x.shape
    kernel = np.asarray(w_proj).reshape(c, p, p, -1)

    out = np.tile(pos_embed, (n, 1, 1))
    out[:, 0] += cls_token
    for i in range(p - 1):
        for j in range(p - 1):
            pixels = x[:, :, i::p, j::p].reshape(n, c, -1)
            out[:, 1:] += pixels.swapaxes(1, 2) @ kernel[:, i, j]
    return out
