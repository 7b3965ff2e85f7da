"""vmap over the top-left corners, a dynamic slice for each."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    h, w, c = image.shape
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]

    def embed(top, left):
        patch = lax.dynamic_slice(image, (top, left, 0), (p, p, c))
        return jnp.tensordot(patch, kernel, axes=3)

    tops, lefts = jnp.meshgrid(jnp.arange(0, h, p), jnp.arange(0, w, p), indexing="ij")
    return jax.vmap(embed)(tops.ravel(), lefts.ravel()).ravel()
