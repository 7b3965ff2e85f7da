"""The pieces that the statement names, once: what they compile, workers find."""

import flax.linen as nn
import jax


def warm_up(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    variables = conv.init(jax.random.PRNGKey(seed), image)
    conv.apply(variables, image).reshape(-1)
