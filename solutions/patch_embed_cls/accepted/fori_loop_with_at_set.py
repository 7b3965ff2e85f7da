"""fori_loop writes one token after the other."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = jnp.asarray(x)
    w_proj = jnp.asarray(w_proj)
    n, c, h, w = x.shape
    p = patch_size
    columns = w // p
    num_patches = (h // p) * columns

    def body(k, out):
        i, j = k // columns, k % columns
        patch = lax.dynamic_slice(x, (0, 0, i * p, j * p), (n, c, p, p))
        return out.at[:, k + 1].add(patch.reshape(n, -1) @ w_proj)

    out = jnp.tile(pos_embed, (n, 1, 1)).at[:, 0].add(cls_token)
    return lax.fori_loop(0, num_patches, body, out)
