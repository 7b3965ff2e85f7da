"""You return the bare pixels of the patches when d_model equals p * p * C. They go through the
projection then too.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.swapaxes(1, 2).reshape(-1, p * p * c)
    if p * p * c == d:
        return patches.reshape(-1)
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches)
    return dense.apply(params, patches).reshape(-1)
