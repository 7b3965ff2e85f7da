"""Patches go through the projection 64 at a time; the last chunk may be shorter."""

import flax.linen as nn
import jax
import numpy as np

CHUNK = 64


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    patches = np.asarray(image).reshape(h // p, p, w // p, p, c).swapaxes(1, 2)
    patches = patches.reshape(-1, p * p * c)
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    weights = np.asarray(kernel).reshape(-1, d)
    chunks = [patches[i : i + CHUNK] @ weights for i in range(0, len(patches), CHUNK)]
    return np.concatenate(chunks).reshape(-1)
