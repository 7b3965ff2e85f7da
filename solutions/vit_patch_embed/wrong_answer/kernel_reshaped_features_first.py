"""You reshape the kernel to (d_model, p*p*C) and transpose it. Its features are the last axis:
reshape to (p*p*C, d_model).
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.swapaxes(1, 2).reshape(-1, p * p * c)
    return (patches @ kernel.reshape(d, -1).T).reshape(-1)
