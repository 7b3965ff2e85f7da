"""Takes *args and hands them on."""

import jax.numpy as jnp


def forward(x, w_proj, cls_token, pos_embed, p):
    n, c, h, w = x.shape
    patches = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    tokens = jnp.inner(patches.reshape(n, -1, c * p * p), jnp.asarray(w_proj).T)
    padded = jnp.pad(tokens, ((0, 0), (1, 0), (0, 0)))
    return padded.at[:, 0].set(cls_token) + pos_embed


def patch_embed_cls(*args, **kwargs):
    return forward(*args, **kwargs)
