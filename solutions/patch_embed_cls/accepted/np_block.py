"""np.block puts [CLS] and patches together, image by image."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.asarray(cls_token)[None, :]
    return np.stack([np.block([[cls], [t]]) + np.asarray(pos_embed) for t in tokens])
