"""You turn the kernel by 180 degrees, as a textbook convolution does. nn.Conv slides it
unflipped.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    kernel = kernel[::-1, ::-1]
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    return jnp.einsum("iyjxc,yxcd->ijd", blocks, kernel).reshape(-1)
