"""The shape is taken apart by a match statement."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    match image.shape, int(patch_size), int(d_model):
        case (h, w, c), p, d if h % p == 0 and w % p == 0:
            blocks = jnp.reshape(image, (h // p, p, w // p, p, c))
        case shape, p, _:
            raise ValueError(f"cannot cut {shape} into patches of {p} x {p}")
    dense = nn.DenseGeneral(d, axis=(-3, -2, -1))
    patches = blocks.transpose(0, 2, 1, 3, 4)
    return dense.apply(dense.init(jax.random.key(seed), patches), patches).reshape(-1)
