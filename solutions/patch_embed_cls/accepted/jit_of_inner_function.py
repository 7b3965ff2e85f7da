"""A jitted helper with static_argnums behind a plain entry point."""

import jax
import jax.numpy as jnp


def _patchify(images, p):
    n, c, h, w = images.shape
    images = images.reshape(n, c, h // p, p, w // p, p)
    return jnp.einsum("nchpwq->nhwcpq", images).reshape(n, -1, c * p * p)


_patchify = jax.jit(_patchify, static_argnums=1)


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    tokens = jnp.dot(_patchify(x, int(patch_size)), w_proj)
    cls = jnp.ones((x.shape[0], 1, 1)) * cls_token
    return jnp.hstack([cls, tokens]) + pos_embed
