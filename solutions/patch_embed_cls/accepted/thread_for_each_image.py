"""A small thread pool embeds the images of the batch."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = np.asarray(x), np.asarray(w_proj), np.asarray(pos_embed)
    p = patch_size

    def embed(image):
        c, h, w = image.shape
        patches = image.reshape(c, h // p, p, w // p, p).transpose(1, 3, 0, 2, 4)
        tokens = patches.reshape(-1, c * p * p) @ w_proj
        return np.vstack([cls_token, tokens]) + pos_embed

    with ThreadPoolExecutor(max_workers=2) as pool:
        return np.stack(list(pool.map(embed, x)))
