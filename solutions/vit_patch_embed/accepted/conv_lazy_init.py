"""The kernel is drawn from a shape alone; no image is needed for that."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    like = jax.ShapeDtypeStruct(image.shape, jnp.float32)
    params = conv.lazy_init(jax.random.PRNGKey(seed), like)
    return conv.apply(params, image).reshape(-1)
