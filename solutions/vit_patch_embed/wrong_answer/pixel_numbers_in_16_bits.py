"""You gather pixels by numbers in uint16, which ends at 65535: in larger images they start again at
0.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    h, w, c = image.shape
    numbers = np.arange(h * w).reshape(h // p, p, w // p, p).swapaxes(1, 2)
    numbers = numbers.reshape(-1, p * p).astype(np.uint16)
    patches = image.reshape(h * w, c)[numbers].reshape(len(numbers), -1)
    dense = nn.Dense(d)
    return dense.apply(dense.init(jax.random.PRNGKey(seed), patches), patches).ravel()
