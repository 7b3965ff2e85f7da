"""nn.init and nn.apply, the functional face of Flax."""

import flax.linen as nn
import jax


def run(conv, image):
    return conv(image).reshape(-1)


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    variables = nn.init(run, conv)(jax.random.PRNGKey(seed), image)
    return nn.apply(run, conv)(variables, image)
