"""The kernel is kept between calls, keyed by seed and shape, which is all it depends on."""

from functools import lru_cache

import flax.linen as nn
import jax
import jax.numpy as jnp


@lru_cache(maxsize=8)
def kernel_of(seed, p, c, d):
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    return conv.init(jax.random.PRNGKey(seed), jnp.zeros((p, p, c)))


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    return conv.apply(kernel_of(int(seed), p, image.shape[-1], d), image).reshape(-1)
