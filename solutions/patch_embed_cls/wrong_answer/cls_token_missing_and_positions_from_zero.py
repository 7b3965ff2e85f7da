"""Your [CLS] token is missing, and the patches take the position embeddings from index 0 on.
Index 0 belongs to [CLS], and there are num_patches + 1 tokens.
"""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    cls_token, pos_embed = np.asarray(cls_token), np.asarray(pos_embed)
    batch, _, height, width = x.shape
    p = patch_size

    out = np.zeros((batch, len(pos_embed) - 1, len(cls_token)), dtype=np.float32)
    for n in range(batch):
        token = 0
        for i in range(0, height, p):
            for j in range(0, width, p):
                patch = x[n, :, i : i + p, j : j + p]
                out[n, token] = patch.reshape(-1) @ w_proj + pos_embed[token]
                token += 1
    return out
