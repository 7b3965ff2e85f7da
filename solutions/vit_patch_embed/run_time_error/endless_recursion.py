"""Your function calls itself without ever getting to a smaller image."""

import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    top = patch_embed_forward(seed, image[: image.shape[0]], patch_size, d_model)
    return jnp.concatenate([top])
