"""You work on 256 features at a time and leave those at zero that don't fill the last block."""

import flax.linen as nn
import jax
import numpy as np

BLOCK = 256


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    h, w, c = image.shape
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    kernel = conv.init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    kernel = np.asarray(kernel).reshape(-1, d)
    patches = image.reshape(h // p, p, w // p, p, c).swapaxes(1, 2).reshape(-1, p * p * c)
    tokens = np.zeros((len(patches), d), np.float32)
    size = min(BLOCK, d)
    for start in range(0, d - size + 1, size):
        tokens[:, start : start + size] = patches @ kernel[:, start : start + size]
    return tokens.ravel()
