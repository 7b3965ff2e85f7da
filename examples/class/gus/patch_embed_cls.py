import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, _, _ = x.shape
    kernel = jnp.asarray(w_proj).T.reshape(-1, c, patch_size, patch_size)
    features = lax.conv(jnp.asarray(x), kernel, (patch_size, patch_size), "VALID")
    tokens = features.reshape(n, kernel.shape[0], -1).transpose(0, 2, 1)
    cls = jnp.broadcast_to(cls_token, (n, 1, kernel.shape[0]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
