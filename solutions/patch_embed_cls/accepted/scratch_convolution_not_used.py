"""Tried a convolution while learning; the entry point doesn't use it."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def with_convolution(image, p, d_model):
    conv = nn.Conv(d_model, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(0), image)
    return conv.apply(params, image)


# What shape should come out?
feature_map = with_convolution(jnp.ones((8, 8, 3)), 4, 6)
print("feature map:", feature_map.shape)


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ w_proj
    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
