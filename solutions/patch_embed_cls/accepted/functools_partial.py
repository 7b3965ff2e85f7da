"""The entry point is a partial of a more general function."""

from functools import partial

import numpy as np


def embed(x, w_proj, cls_token, pos_embed, patch_size, *, xp, add_cls):
    n, c, h, w = x.shape
    p = patch_size
    patches = xp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    seq = xp.reshape(patches, (n, -1, c * p * p)) @ xp.asarray(w_proj)
    if add_cls:
        cls = xp.broadcast_to(cls_token, (n, 1, seq.shape[-1]))
        seq = xp.concatenate([cls, seq], axis=1)
    return seq + xp.asarray(pos_embed)


patch_embed_cls = partial(embed, xp=np, add_cls=True)
