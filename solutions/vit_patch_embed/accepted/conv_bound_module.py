"""The parameters are bound to the module, which is then called like a function."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    bound = conv.bind(conv.init(jax.random.PRNGKey(seed), image))
    return bound(image).reshape(-1)
