"""Your first parameter is the image. The order is seed, image, patch_size, d_model."""

import flax.linen as nn
import jax


def patch_embed_forward(image, seed, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
