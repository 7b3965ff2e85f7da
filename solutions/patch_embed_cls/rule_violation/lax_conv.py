"""lax.conv, the short form."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c = x.shape[:2]
    p, d = patch_size, w_proj.shape[1]
    kernel = jnp.asarray(w_proj).T.reshape(d, c, p, p)
    feature_map = lax.conv(jnp.asarray(x), kernel, (p, p), "VALID")
    tokens = feature_map.reshape(n, d, -1).swapaxes(1, 2)
    cls = jnp.tile(cls_token, (n, 1, 1))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
