"""The convolution runs under jax.checkpoint."""

import jax
import jax.numpy as jnp
from jax import lax


def project(x, w_proj, p):
    c, d = x.shape[1], w_proj.shape[1]
    kernel = jnp.asarray(w_proj).T.reshape(d, c, p, p)
    return lax.conv(jnp.asarray(x), kernel, (p, p), "VALID")


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    forward = jax.checkpoint(lambda images: project(images, w_proj, patch_size))
    tokens = forward(jnp.asarray(x))
    tokens = tokens.reshape(x.shape[0], w_proj.shape[1], -1).swapaxes(1, 2)
    cls = jnp.broadcast_to(cls_token, (x.shape[0], 1, w_proj.shape[1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
