"""You swap rows and columns inside a patch, either in the pixels or in the kernel. Both go
row by row: the axes of the kernel are row, column, channel, feature.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    return jnp.einsum("iyjxc,xycd->ijd", blocks, kernel).reshape(-1)
