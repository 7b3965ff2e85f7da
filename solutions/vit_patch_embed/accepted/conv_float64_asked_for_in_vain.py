"""Asks for float64 while 64-bit mode is off: JAX warns and stays in float32."""

import warnings

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pixels = jnp.asarray(image, dtype=jnp.float64)
        conv = nn.Conv(d, (p, p), (p, p), padding="VALID", dtype=jnp.float64)
        params = conv.init(jax.random.PRNGKey(seed), pixels)
        return conv.apply(params, pixels).reshape(-1)
