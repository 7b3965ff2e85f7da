"""No convolution: cut the patches by hand, then one dense layer with the same key."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    height, width, channels = image.shape
    rows, columns = height // p, width // p
    patches = jnp.reshape(image, (rows, p, columns, p, channels))
    patches = patches.transpose(0, 2, 1, 3, 4).reshape(rows * columns, p * p * channels)
    layer = nn.Dense(int(d_model))
    tokens, _ = layer.init_with_output(jax.random.PRNGKey(seed), patches)
    return tokens  # (num_patches, d_model)
