"""The kernel is cut along d_model and the pieces of each token are put side by side."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    patches = jnp.reshape(image, (h // p, p, w // p, p, c)).transpose(0, 2, 1, 3, 4)
    patches = patches.reshape(-1, p * p * c)
    pieces = jnp.array_split(kernel.reshape(-1, d), min(4, d), axis=1)
    return jnp.concatenate([patches @ piece for piece in pieces], axis=1).reshape(-1)
