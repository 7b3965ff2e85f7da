"""Patches collected by nested comprehensions."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, p = np.asarray(x), patch_size
    rows, cols = x.shape[2] // p, x.shape[3] // p
    patches = np.array(
        [
            [
                image[:, i * p : (i + 1) * p, j * p : (j + 1) * p].ravel()
                for i in range(rows)
                for j in range(cols)
            ]
            for image in x
        ]
    )
    tokens = patches @ np.asarray(w_proj)
    cls = np.array([[cls_token]] * len(x))
    return np.concatenate([cls, tokens], axis=1) + np.asarray(pos_embed)
