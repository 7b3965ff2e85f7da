"""You gather pixels by numbers in uint16, which ends at 65535: in larger images they start again at
0.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = np.asarray(x)
    n, c, h, w = x.shape
    p = patch_size
    numbers = np.arange(h * w).reshape(h // p, p, w // p, p).swapaxes(1, 2)
    numbers = numbers.reshape(-1, p * p).astype(np.uint16)
    patches = x.reshape(n, c, h * w)[:, :, numbers].swapaxes(1, 2).reshape(n, len(numbers), -1)
    cls = np.broadcast_to(cls_token, (n, 1, len(cls_token)))
    return np.concatenate([cls, patches @ np.asarray(w_proj)], axis=1) + pos_embed
