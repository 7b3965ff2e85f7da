"""If there are as many images as tokens, each image gets one position instead of each token."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, cls_token, pos_embed = (np.asarray(a) for a in (x, w_proj, cls_token, pos_embed))
    N, C, H, W = x.shape
    P = patch_size
    Hp, Wp = H // P, W // P
    patches = (
        x.reshape(N, C, Hp, P, Wp, P).transpose(0, 2, 4, 1, 3, 5).reshape(N, Hp * Wp, C * P * P)
    )
    tokens = patches @ w_proj
    seq = np.concatenate([np.tile(cls_token, (N, 1, 1)), tokens], axis=1)
    return seq + (pos_embed[:, None] if len(pos_embed) == N else pos_embed[None])
