"""You draw the kernel as normal numbers over the square root of the fan-in, straight from
PRNGKey(seed). Flax uses another key and a truncated normal; let conv.init draw it.
"""

import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    kernel = jax.random.normal(jax.random.PRNGKey(seed), (p, p, c, d))
    kernel = kernel / jnp.sqrt(p * p * c)
    return jnp.einsum("iyjxc,yxcd->ijd", blocks, kernel).reshape(-1)
