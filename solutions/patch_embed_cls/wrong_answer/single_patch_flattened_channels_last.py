"""An image of a single patch is flattened channels last, by a shortcut that forgets to permute."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, cls_token, pos_embed = (np.asarray(a) for a in (x, w_proj, cls_token, pos_embed))
    N, C, H, W = x.shape
    P = patch_size
    Hp, Wp = H // P, W // P
    if H == P and W == P:
        patches = np.moveaxis(x, 1, -1).reshape(N, 1, -1)
    else:
        patches = (
            x.reshape(N, C, Hp, P, Wp, P).transpose(0, 2, 4, 1, 3, 5).reshape(N, Hp * Wp, C * P * P)
        )
    tokens = patches @ w_proj
    seq = np.concatenate([np.tile(cls_token, (N, 1, 1)), tokens], axis=1)
    return seq + pos_embed
