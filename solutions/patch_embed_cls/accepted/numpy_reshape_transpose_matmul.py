"""NumPy all the way: reshape, transpose, reshape, matmul."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    N, C, H, W = x.shape
    P = patch_size
    H_p, W_p = H // P, W // P

    patches = np.asarray(x).reshape(N, C, H_p, P, W_p, P)
    patches = patches.transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(N, H_p * W_p, C * P * P)
    patches = patches @ np.asarray(w_proj)

    cls_broadcast = np.broadcast_to(cls_token, (N, 1, patches.shape[-1]))
    seq = np.concatenate([cls_broadcast, patches], axis=1)
    return seq + np.asarray(pos_embed)
