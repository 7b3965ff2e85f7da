"""You write into the image. JAX arrays and read-only arrays refuse that; make a copy if you need
one.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image[np.isnan(image)] = 0.0
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
