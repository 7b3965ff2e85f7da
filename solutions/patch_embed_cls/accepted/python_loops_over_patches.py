"""Three plain loops that fill an array."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    N, C, H, W = x.shape
    P = patch_size
    num_patches = (H // P) * (W // P)
    out = np.zeros((N, num_patches + 1, w_proj.shape[1]), dtype=np.float32)

    for n in range(N):
        out[n, 0] = cls_token
        k = 1
        for i in range(0, H, P):
            for j in range(0, W, P):
                vector = x[n, :, i : i + P, j : j + P].flatten()
                out[n, k] = vector @ w_proj
                k += 1
        out[n] += pos_embed
    return out
