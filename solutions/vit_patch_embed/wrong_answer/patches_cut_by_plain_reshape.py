"""You cut the image with a plain reshape, so a patch holds neighbors from the same row instead of a
p x p block. After splitting the axes, a transpose has to bring the two patch axes together.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    patches = jnp.reshape(image, ((h // p) * (w // p), p * p * c))
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches)
    return dense.apply(params, patches).reshape(-1)
