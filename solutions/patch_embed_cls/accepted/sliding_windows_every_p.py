"""All sliding windows, of which every P-th is kept."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = map(np.asarray, (x, w_proj, pos_embed))
    p = patch_size
    windows = sliding_window_view(x, (p, p), axis=(2, 3))[:, :, ::p, ::p]
    # (n, c, rows, cols, p, p): only the channel axis is out of place
    windows = np.moveaxis(windows, 1, 3)
    n, rows, cols = windows.shape[:3]
    tokens = windows.reshape(n, rows * cols, -1) @ w_proj
    cls = np.broadcast_to(cls_token, (n, 1, w_proj.shape[1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
