"""Pixels below -255 are clipped; pixels are to be used as they are, whatever their range."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = jnp.maximum(jnp.asarray(image), -255.0)
    conv = nn.Conv(d, (p, p), (p, p), padding="VALID")
    return conv.apply(conv.init(jax.random.PRNGKey(int(seed)), x), x).reshape(-1)
