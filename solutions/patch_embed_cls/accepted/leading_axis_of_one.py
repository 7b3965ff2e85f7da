"""Returns the sequence with one more axis in front."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = np.asarray(x)[np.newaxis]
    _, n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(1, n, c, h // p, p, w // p, p).transpose(0, 1, 3, 5, 2, 4, 6)
    tokens = patches.reshape(1, n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (1, n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=2) + np.asarray(pos_embed)
