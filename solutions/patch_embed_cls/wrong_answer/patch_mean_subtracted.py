"""From each patch you subtract its own mean. Patches are projected as they are."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = np.asarray(x), np.asarray(w_proj)
    cls_token, pos_embed = np.asarray(cls_token), np.asarray(pos_embed)
    batch, _, height, width = x.shape
    p = patch_size

    out = np.zeros((batch, len(pos_embed), len(cls_token)), dtype=np.float32)
    for n in range(batch):
        out[n, 0] = cls_token + pos_embed[0]
        token = 1
        for i in range(0, height, p):
            for j in range(0, width, p):
                patch = x[n, :, i : i + p, j : j + p]
                patch = patch - patch.mean()
                out[n, token] = patch.reshape(-1) @ w_proj + pos_embed[token]
                token += 1
    return out
