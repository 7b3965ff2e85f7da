"""Your function gives [CLS] and position embeddings on its first call only. A flag that is set
once stays set for all later calls.
"""

import numpy as np

initialized = False


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    global initialized
    x, w_proj, pos_embed = np.array(x), np.array(w_proj), np.array(pos_embed)
    n, c, h, w = x.shape
    p = patch_size
    grid = x.reshape(n, c, h // p, p, w // p, p)
    kernel = w_proj.reshape(c, p, p, -1)
    tokens = np.einsum("nchiwj,cijd->nhwd", grid, kernel, optimize=True)
    tokens = tokens.reshape(n, -1, w_proj.shape[1])

    out = np.zeros((n, len(pos_embed), w_proj.shape[1]), dtype=x.dtype)
    out[:, 1:] = tokens
    if not initialized:
        out[:, 0] = cls_token
        out += pos_embed
        initialized = True
    return out
