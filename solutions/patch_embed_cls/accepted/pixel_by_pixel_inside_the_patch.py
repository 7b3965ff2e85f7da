"""One strided slice per place inside the patch, summed up."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, p = np.asarray(x), patch_size
    n, c, h, w = x.shape
    d = w_proj.shape[1]
    kernel = np.asarray(w_proj).reshape(c, p, p, d)

    tokens = np.zeros((n, (h // p) * (w // p), d), dtype=np.float32)
    for i in range(p):
        for j in range(p):
            pixels = x[:, :, i::p, j::p].reshape(n, c, -1)
            tokens += pixels.transpose(0, 2, 1) @ kernel[:, i, j]

    cls = np.broadcast_to(cls_token, (n, 1, d))
    return np.concatenate([cls, tokens], axis=1) + np.asarray(pos_embed)
