import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    hp, wp = h // p, w // p
    x = x.reshape(n, c, hp, p, wp, p)
    x = jnp.transpose(x, (0, 2, 4, 1, 3, 5))
    tokens = x.reshape(n, hp * wp, c * p * p) @ w_proj
    tokens = tokens + pos_embed[1:]
    cls = jnp.broadcast_to(cls_token, (n, 1, cls_token.shape[0]))
    return jnp.concatenate([cls, tokens], axis=1)
