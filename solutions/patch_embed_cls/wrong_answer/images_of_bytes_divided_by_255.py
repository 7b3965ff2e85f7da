"""You divide by 255 if all pixels are whole numbers from 0 to 255. Use pixels as they are, those
of photos too.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = np.asarray(x)
    if x.max() > 1 and np.isin(x, np.arange(256)).all():
        x = x / np.float32(255)
    n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
