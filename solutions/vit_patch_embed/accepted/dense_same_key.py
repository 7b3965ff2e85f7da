"""nn.Dense on flattened patches: the same key draws the same kernel."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.transpose(0, 2, 1, 3, 4).reshape(-1, p * p * c)

    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches)
    return dense.apply(params, patches).reshape(-1)
