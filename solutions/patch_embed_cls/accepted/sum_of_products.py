"""Broadcast product and sum, one patch at a time."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, p = np.asarray(x), np.asarray(w_proj), patch_size
    n, _, h, w = x.shape
    seq = [np.broadcast_to(cls_token, (n, w_proj.shape[1]))]
    for i in range(0, h, p):
        for j in range(0, w, p):
            vectors = x[:, :, i : i + p, j : j + p].reshape(n, -1, 1)
            seq.append((vectors * w_proj).sum(axis=1))
    return np.stack(seq, axis=1) + np.asarray(pos_embed)
