"""You work in chunks of 64 patches and drop the last chunk if it isn't full. Those patches count
too.
"""

import numpy as np

CHUNK = 64


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(n, -1, c * p * p)

    out = np.tile(pos_embed, (n, 1, 1))
    out[:, 0] += cls_token
    total = patches.shape[1]
    size = min(CHUNK, total)
    for k in range(total // size):
        here = slice(k * size, (k + 1) * size)
        out[:, 1:][:, here] += patches[:, here] @ w_proj
    return out
