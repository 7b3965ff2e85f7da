"""jax.random.key, the newer kind of key, seeds the same stream."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID", name="patch_embed")
    params = conv.init(jax.random.key(seed), image)
    return conv.apply(params, image).ravel()
