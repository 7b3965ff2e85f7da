"""Has a default for the patch size and an extra option."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size=16, order=(0, 2, 4, 1, 3, 5)):
    """Defaults are those of ViT-Base."""
    n, c, h, w = np.shape(x)
    hp, wp = h // patch_size, w // patch_size
    x = np.reshape(x, (n, c, hp, patch_size, wp, patch_size))
    x = np.transpose(x, order)
    x = np.reshape(x, (n, hp * wp, -1))
    x = np.dot(x, w_proj)
    x = np.concatenate((np.tile(cls_token, [n, 1, 1]), x), axis=1)
    return x + pos_embed
