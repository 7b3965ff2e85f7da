"""The whole computation compiled, with the sizes as static arguments."""

from functools import partial

import flax.linen as nn
import jax


@partial(jax.jit, static_argnums=(2, 3))
def _embed(key, image, p, d):
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    return conv.apply(conv.init(key, image), image).reshape(-1)


def patch_embed_forward(seed, image, patch_size, d_model):
    return _embed(jax.random.PRNGKey(seed), image, int(patch_size), int(d_model))
