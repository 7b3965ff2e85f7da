"""The tokens come back as plain Python lists."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = np.asarray(conv.apply(params, image)).reshape(-1, d)
    return [[float(value) for value in token] for token in tokens]
