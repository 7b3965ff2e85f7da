"""Your patches collect every (H/p)-th row and every (W/p)-th column. A patch is a block of p x p
neighboring pixels.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    blocks = jnp.reshape(image, (p, h // p, p, w // p, c))
    patches = blocks.transpose(1, 3, 0, 2, 4).reshape(-1, p * p * c)
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches)
    return dense.apply(params, patches).reshape(-1)
