"""You take the number of patch columns from the height. It is W / p, which differs from H / p when
the image is not square.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    h, w, c = image.shape
    rows = h // p
    cols = h // p
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), jnp.zeros(p * p * c))

    def token(i):
        row, col = i // cols, i % cols
        patch = lax.dynamic_slice(image, (row * p, col * p, 0), (p, p, c))
        return dense.apply(params, patch.reshape(-1))

    return jax.vmap(token)(jnp.arange(rows * cols)).reshape(-1)
