"""A decorator casts the sizes before the function sees them."""

import functools

import flax.linen as nn
import jax


def with_int_sizes(function):
    @functools.wraps(function)
    def wrapper(seed, image, patch_size, d_model):
        return function(seed, image, int(patch_size), int(d_model))

    return wrapper


@with_int_sizes
def patch_embed_forward(seed, image, patch_size, d_model):
    window = (patch_size,) * 2
    conv = nn.Conv(d_model, window, strides=window, padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
