"""A small rearrange of one's own that reads patterns like einops."""

import math

import jax.numpy as jnp


def rearrange(array, before, after, **sizes):
    """before names every axis after splitting; after groups them with brackets."""
    names = before.split()
    array = array.reshape([sizes[name] for name in names])
    groups = [group.split() for group in after.strip("()").replace(") (", "|").split("|")]
    order = [names.index(name) for group in groups for name in group]
    shape = [math.prod(sizes[name] for name in group) for group in groups]
    return array.transpose(order).reshape(shape)


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = rearrange(
        jnp.asarray(x),
        "n c i p j q",
        "(n) (i j) (c p q)",
        n=n,
        c=c,
        i=h // p,
        p=p,
        j=w // p,
        q=p,
    )
    cls = jnp.broadcast_to(cls_token, (n, 1, cls_token.shape[0]))
    return jnp.concatenate([cls, patches @ w_proj], axis=1) + pos_embed
