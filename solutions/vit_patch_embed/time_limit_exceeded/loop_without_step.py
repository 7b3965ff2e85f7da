"""Your loop over the rows never moves on: top is not increased, so it does not end."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    params = nn.Conv(d, (p, p)).init(jax.random.PRNGKey(seed), image)["params"]
    kernel = np.asarray(params["kernel"]).reshape(-1, d)
    token = np.zeros(d)
    top = 0
    while top < image.shape[0]:
        token = image[top : top + p, :p].reshape(-1) @ kernel
    return token
