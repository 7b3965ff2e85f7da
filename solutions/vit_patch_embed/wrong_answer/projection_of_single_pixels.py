"""You project every pixel by itself, with a kernel (C, D). One token comes from a whole patch, p x
p pixels.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    d = int(d_model)
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), image)
    return dense.apply(params, image).reshape(-1)
