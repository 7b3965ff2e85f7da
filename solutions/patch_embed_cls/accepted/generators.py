"""Generators yield patches and tokens one by one."""

import numpy as np


def patches_of(image, p):
    _, height, width = image.shape
    for top in range(0, height, p):
        for left in range(0, width, p):
            yield image[:, top : top + p, left : left + p].ravel()


def tokens_of(image, w_proj, cls_token, p):
    yield cls_token
    yield from (patch @ w_proj for patch in patches_of(image, p))


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, cls_token, pos_embed = map(np.asarray, (x, w_proj, cls_token, pos_embed))
    sequences = (list(tokens_of(image, w_proj, cls_token, patch_size)) for image in x)
    return np.array(list(sequences)) + pos_embed
