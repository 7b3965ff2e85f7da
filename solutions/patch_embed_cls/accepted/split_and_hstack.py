"""np.split into bands and patches, hstack at the end."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = np.asarray(x), np.asarray(w_proj), np.asarray(pos_embed)
    n, d = x.shape[0], w_proj.shape[1]
    bands = np.split(x, x.shape[2] // patch_size, axis=2)
    tiles = [tile for band in bands for tile in np.split(band, x.shape[3] // patch_size, axis=3)]
    columns = [np.broadcast_to(cls_token, (n, d))]
    columns += [tile.reshape(n, -1) @ w_proj for tile in tiles]
    return np.hstack(columns).reshape(n, len(columns), d) + pos_embed
