"""One einsum does the permute and the projection."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    d_model = w_proj.shape[1]
    grid = np.reshape(x, (n, c, h // p, p, w // p, p))
    kernel = np.reshape(w_proj, (c, p, p, d_model))

    tokens = np.einsum("nchpwq,cpqd->nhwd", grid, kernel, optimize=True)
    tokens = tokens.reshape(n, -1, d_model)
    cls = np.repeat(np.asarray(cls_token)[None, None], n, axis=0)
    return np.concatenate([cls, tokens], axis=1) + np.asarray(pos_embed)
