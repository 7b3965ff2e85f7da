"""A pipeline of small functions folded with reduce."""

from functools import reduce

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    (n, c, h, w), p = x.shape, patch_size
    steps = (
        lambda t: jnp.reshape(t, (n, c, h // p, p, w // p, p)),
        lambda t: t.transpose(0, 2, 4, 1, 3, 5),
        lambda t: t.reshape(n, -1, c * p * p),
        lambda t: t @ w_proj,
        lambda t: jnp.concatenate([jnp.broadcast_to(cls_token, (n, 1, t.shape[2])), t], axis=1),
        lambda t: t + pos_embed,
    )
    return reduce(lambda value, step: step(value), steps, x)
