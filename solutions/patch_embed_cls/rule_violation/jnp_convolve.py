"""jnp.convolve over the flat patches, every (C*P*P)-th value kept."""

import jax
import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    patches = patches.reshape(-1, c * p * p)

    dot = lambda patch, weights: jnp.convolve(patch, weights[::-1], mode="valid")[0]
    over_features = jax.vmap(dot, in_axes=(None, 1))
    tokens = jax.vmap(over_features, in_axes=(0, None))(patches, jnp.asarray(w_proj))
    tokens = tokens.reshape(n, -1, w_proj.shape[1])
    cls = jnp.broadcast_to(cls_token, (n, 1, w_proj.shape[1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
