"""dynamic_slice for one patch, vmap over corners and over images."""

import jax
import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    tops, lefts = jnp.meshgrid(jnp.arange(0, h, p), jnp.arange(0, w, p), indexing="ij")

    def token(image, top, left):
        patch = lax.dynamic_slice(image, (0, top, left), (c, p, p))
        return jnp.dot(patch.ravel(), w_proj)

    over_patches = jax.vmap(token, in_axes=(None, 0, 0))
    over_images = jax.vmap(over_patches, in_axes=(0, None, None))
    tokens = over_images(jnp.asarray(x), tops.ravel(), lefts.ravel())
    cls = jnp.zeros((n, 1, w_proj.shape[1])) + cls_token
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
