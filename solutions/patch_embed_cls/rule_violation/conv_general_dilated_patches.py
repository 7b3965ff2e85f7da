"""Cuts the patches with conv_general_dilated_patches."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n = x.shape[0]
    p = patch_size
    patches = lax.conv_general_dilated_patches(jnp.asarray(x), (p, p), (p, p), "VALID")
    patches = patches.reshape(n, patches.shape[1], -1).swapaxes(1, 2)
    tokens = patches @ w_proj
    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
