"""Inside each patch your channels stand between rows and columns. The kernel (p, p, C, D) expects
them last.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.transpose(0, 2, 1, 4, 3).reshape(-1, p * p * c)
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches)
    return dense.apply(params, patches).reshape(-1)
