"""jax.numpy in the order of the statement, with tile for the batch."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = jnp.asarray(x)
    b, c, h, w = x.shape
    hp, wp = h // patch_size, w // patch_size
    x = x.reshape(b, c, hp, patch_size, wp, patch_size)
    x = jnp.transpose(x, (0, 2, 4, 1, 3, 5)).reshape(b, hp * wp, -1)
    x = jnp.matmul(x, w_proj)
    cls = jnp.tile(cls_token[None, None, :], (b, 1, 1))
    return jnp.concatenate((cls, x), axis=1) + pos_embed[None]
