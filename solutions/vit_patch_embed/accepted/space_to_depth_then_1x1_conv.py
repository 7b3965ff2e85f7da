"""Patches are folded into the channel axis, then a 1 x 1 convolution projects them."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def space_to_depth(image, p):
    h, w, c = image.shape
    blocks = image.reshape(h // p, p, w // p, p, c)
    return jnp.moveaxis(blocks, 1, 2).reshape(h // p, w // p, p * p * c)


def patch_embed_forward(seed, image, patch_size, d_model):
    deep = space_to_depth(jnp.asarray(image), int(patch_size))
    conv = nn.Conv(int(d_model), kernel_size=(1, 1))
    params = conv.init(jax.random.PRNGKey(seed), deep)
    return conv.apply(params, deep).reshape(-1)
