"""Follows Flax down: folds the hash of the parameter counter into the key, then draws."""

import hashlib

import jax
import jax.numpy as jnp


def first_parameter_key(seed):
    """The key that linen gives to the first parameter of a top-level module."""
    digest = hashlib.sha1((1).to_bytes(1, "big")).digest()
    return jax.random.fold_in(jax.random.PRNGKey(seed), int.from_bytes(digest[:4], "big"))


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    init = jax.nn.initializers.lecun_normal()
    kernel = init(first_parameter_key(seed), (p * p * c, d))
    patches = jnp.asarray(image).reshape(h // p, p, w // p, p, c).swapaxes(1, 2)
    return (patches.reshape(-1, p * p * c) @ kernel).reshape(-1)
