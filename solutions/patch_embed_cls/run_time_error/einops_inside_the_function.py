"""Imports einops inside the function; it isn't installed."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    from einops import rearrange, repeat

    p = patch_size
    patches = rearrange(x, "n c (h p) (w q) -> n (h w) (c p q)", p=p, q=p)
    cls = repeat(cls_token, "d -> n 1 d", n=x.shape[0])
    return jnp.concatenate([cls, patches @ w_proj], axis=1) + pos_embed
