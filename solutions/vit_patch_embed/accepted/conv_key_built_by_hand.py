"""The two words of the key are written down without PRNGKey."""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    key = jnp.asarray(np.array([0, int(seed)], dtype=np.uint32))
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    return conv.apply(conv.init(key, image), image).ravel()
