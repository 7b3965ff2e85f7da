"""A strided view of the image, computed from its byte strides."""

import flax.linen as nn
import jax
import numpy as np
from numpy.lib.stride_tricks import as_strided


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    pixels = np.ascontiguousarray(image)
    h, w, c = pixels.shape
    sy, sx, sc = pixels.strides
    patches = as_strided(
        pixels,
        shape=(h // p, w // p, p, p, c),
        strides=(p * sy, p * sx, sy, sx, sc),
        writeable=False,
    )
    params = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), pixels)["params"]
    kernel = np.asarray(params["kernel"]).reshape(-1, d)
    return np.dot(patches.reshape(-1, p * p * c), kernel).reshape(-1)
