"""Returns a list with one JAX array per image."""

import jax.numpy as jnp


def embed_one(image, w_proj, cls_token, pos_embed, p):
    c, h, w = image.shape
    patches = image.reshape(c, h // p, p, w // p, p).transpose(1, 3, 0, 2, 4)
    tokens = patches.reshape(-1, c * p * p) @ w_proj
    return jnp.vstack([cls_token, tokens]) + pos_embed


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = jnp.asarray(x)
    return [embed_one(image, w_proj, cls_token, pos_embed, patch_size) for image in x]
