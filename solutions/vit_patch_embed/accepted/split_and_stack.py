"""np.split cuts rows, then columns."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    h, w, _ = image.shape
    params = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]
    weights = np.asarray(params["kernel"]).reshape(-1, d)

    patches = []
    for strip in np.split(image, h // p, axis=0):
        patches.extend(tile.reshape(-1) for tile in np.split(strip, w // p, axis=1))
    return np.hstack(np.stack(patches) @ weights)
