"""You transpose pos_embed if its first side is d_model long. Its rows are always tokens, also if
there are as many tokens as features.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = np.asarray(x)
    n, c, h, w = x.shape
    p, d = patch_size, w_proj.shape[1]
    if pos_embed.shape[0] == d:
        pos_embed = np.transpose(pos_embed)
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, d))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
