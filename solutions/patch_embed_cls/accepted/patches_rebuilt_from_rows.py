"""Goes through the image row of pixels by row of pixels."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    n, c, h, w = x.shape
    p, d = patch_size, w_proj.shape[1]
    kernel = w_proj.reshape(c, p, p, d)
    tokens = np.zeros((n, h // p, w // p, d), dtype=np.float32)
    for row in range(h):
        pieces = x[:, :, row].reshape(n, c, w // p, p)
        tokens[:, row // p] += np.einsum("ncjq,cqd->njd", pieces, kernel[:, row % p], optimize=True)
    cls = np.broadcast_to(cls_token, (n, 1, d))
    return np.concatenate([cls, tokens.reshape(n, -1, d)], axis=1) + np.asarray(pos_embed)
