"""lax.fori_loop writes each token into its slot with .at[].set()."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    h, w, c = image.shape
    columns = w // p
    num_patches = (h // p) * columns
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]

    def body(i, tokens):
        row, col = jnp.divmod(i, columns)
        patch = lax.dynamic_slice(image, (row * p, col * p, 0), (p, p, c))
        return tokens.at[i].set(patch.reshape(-1) @ kernel.reshape(-1, d))

    return lax.fori_loop(0, num_patches, body, jnp.zeros((num_patches, d))).reshape(-1)
