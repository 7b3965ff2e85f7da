"""JAX arrays are taken to be channels last; the layout is the same for NumPy and JAX arrays."""

import jax
import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    order = (0, 2, 4, 3, 5, 1) if isinstance(x, jax.Array) else (0, 2, 4, 1, 3, 5)
    t = np.reshape(x, (n, c, h // p, p, w // p, p)).transpose(order).reshape(
        n, -1, c * p * p
    ) @ np.asarray(w_proj)
    return np.concatenate([np.tile(cls_token, (n, 1, 1)), t], axis=1) + np.asarray(pos_embed)
