"""A while_loop in JAX whose condition is always true."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = jnp.asarray(x), jnp.asarray(w_proj)
    n, c, h, w = x.shape
    p = patch_size
    grid = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    patches = grid.reshape(n, -1, c * p * p)

    def body(state):
        k, tokens = state
        return k, tokens.at[:, k].set(patches[:, k] @ w_proj)

    start = (0, jnp.zeros((n, patches.shape[1], w_proj.shape[1])))
    _, tokens = lax.while_loop(lambda state: state[0] < patches.shape[1], body, start)
    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
