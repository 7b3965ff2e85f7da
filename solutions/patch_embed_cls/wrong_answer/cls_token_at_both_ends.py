"""You put a [CLS] token before and another one after the patches. The right sequence has only
one, at index 0.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    cls_token, pos_embed = np.asarray(cls_token), np.asarray(pos_embed)
    N, C, H, W = x.shape
    P = patch_size
    H_p, W_p = H // P, W // P

    patches = x.reshape(N, C, H_p, P, W_p, P)
    patches = patches.transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(N, H_p * W_p, C * P * P)
    tokens = patches @ w_proj

    cls = np.broadcast_to(cls_token, (N, 1, cls_token.shape[0]))
    seq = np.concatenate([cls + pos_embed[0], tokens + pos_embed[1:], cls], axis=1)
    return seq
