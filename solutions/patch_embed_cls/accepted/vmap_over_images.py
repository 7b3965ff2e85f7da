"""One image first, vmap for the batch."""

import jax
import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    p = patch_size

    def single(image):
        c, h, w = image.shape
        grid = image.reshape(c, h // p, p, w // p, p)
        patches = grid.transpose(1, 3, 0, 2, 4).reshape(-1, c * p * p)
        tokens = jnp.concatenate([cls_token[None], patches @ w_proj])
        return tokens + pos_embed

    return jax.vmap(single)(jnp.asarray(x))
