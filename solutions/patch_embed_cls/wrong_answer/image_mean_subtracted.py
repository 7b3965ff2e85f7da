"""From each image you subtract its own mean. Pixels are used as they are."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    cls_token, pos_embed = np.asarray(cls_token), np.asarray(pos_embed)
    N, C, H, W = x.shape
    P = patch_size
    H_p, W_p = H // P, W // P

    x = x - x.mean(axis=(1, 2, 3), keepdims=True)
    patches = x.reshape(N, C, H_p, P, W_p, P)
    patches = patches.transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(N, H_p * W_p, C * P * P)
    tokens = patches @ w_proj

    cls = np.broadcast_to(cls_token, (N, 1, cls_token.shape[0]))
    seq = np.concatenate([cls, tokens], axis=1)
    return seq + pos_embed
