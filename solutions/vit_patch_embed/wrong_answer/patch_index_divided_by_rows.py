"""You turn the number of a patch into row and column with the number of patch rows. Divide by the
number of patches in a row, W / p.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    h, w, c = image.shape
    rows, cols = h // p, w // p
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), jnp.zeros(p * p * c))

    def token(i):
        row, col = i // rows, i % rows
        patch = lax.dynamic_slice(image, (row * p, col * p, 0), (p, p, c))
        return dense.apply(params, patch.reshape(-1))

    return jax.vmap(token)(jnp.arange(rows * cols)).reshape(-1)
