"""You normalize the image with the ImageNet mean and standard deviation. Use the pixels as they are
given.
"""

import flax.linen as nn
import jax
import numpy as np

MEAN = np.array([0.485, 0.456, 0.406])
STD = np.array([0.229, 0.224, 0.225])


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    c = image.shape[-1]
    image = (image - np.resize(MEAN, c)) / np.resize(STD, c)
    image = image.astype(np.float32)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
