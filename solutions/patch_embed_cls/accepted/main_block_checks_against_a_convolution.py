"""Compares itself with a convolution, but only when run as a script."""

import jax.numpy as jnp
import numpy as np
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ w_proj
    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    images, weights = rng.normal(size=(2, 3, 4, 6)), rng.normal(size=(12, 5))
    ours = patch_embed_cls(images, weights, np.zeros(5), np.zeros((7, 5)), 2)[:, 1:]
    kernel = weights.T.reshape(5, 3, 2, 2)
    theirs = lax.conv(jnp.asarray(images), jnp.asarray(kernel), (2, 2), "VALID")
    theirs = theirs.reshape(2, 5, 6).swapaxes(1, 2)
    print("largest difference from a convolution:", abs(ours - theirs).max())
