"""einsum once as a permute, once as a product."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    blocks = jnp.reshape(x, (n, c, h // p, p, w // p, p))
    patches = jnp.einsum("ncipjq->nijcpq", blocks).reshape(n, -1, c * p * p)
    tokens = jnp.einsum("nlk,kd->nld", patches, w_proj)
    first = jnp.broadcast_to(cls_token, (n, 1, len(cls_token)))
    return jnp.concatenate([first, tokens], 1) + pos_embed
