"""A generator yields the patches in reading order."""

import flax.linen as nn
import jax
import numpy as np


def iter_patches(image, p):
    for top in range(0, image.shape[0], p):
        for left in range(0, image.shape[1], p):
            yield image[top : top + p, left : left + p].ravel()


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    weights = np.asarray(kernel).reshape(-1, d)
    return np.concatenate([patch @ weights for patch in iter_patches(image, p)])
