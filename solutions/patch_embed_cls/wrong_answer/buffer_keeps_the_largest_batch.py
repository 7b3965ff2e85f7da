"""A buffer made for a larger batch is used again and returned whole, with
images of an earlier call."""

import numpy as np

_buf = {}


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    t = np.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5).reshape(
        n, -1, c * p * p
    ) @ np.asarray(w_proj)
    old = _buf.get((c, h, w, p, t.shape[2]))
    if old is None or len(old) < n:
        old = _buf[c, h, w, p, t.shape[2]] = np.empty((n,) + pos_embed.shape, np.float32)
    old[:n, 0] = cls_token
    old[:n, 1:] = t
    return old + pos_embed
