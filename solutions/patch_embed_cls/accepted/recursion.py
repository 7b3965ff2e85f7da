"""Halves the grid of patches until one patch is left."""

import numpy as np


def split_rows(x, p):
    """Rows of patches, top to bottom."""
    rows = x.shape[2] // p
    if rows == 1:
        return [x]
    cut = rows // 2 * p
    return split_rows(x[:, :, :cut], p) + split_rows(x[:, :, cut:], p)


def split_columns(x, p):
    columns = x.shape[3] // p
    if columns == 1:
        return [x.reshape(len(x), -1)]
    cut = columns // 2 * p
    return split_columns(x[..., :cut], p) + split_columns(x[..., cut:], p)


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    rows = split_rows(np.asarray(x), patch_size)
    patches = [patch for row in rows for patch in split_columns(row, patch_size)]
    tokens = [patch @ np.asarray(w_proj) for patch in patches]
    cls = np.broadcast_to(cls_token, tokens[0].shape)
    return np.stack([cls, *tokens], axis=1) + np.asarray(pos_embed)
