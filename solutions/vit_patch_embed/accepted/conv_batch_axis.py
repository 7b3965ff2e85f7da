"""A batch axis of one is added before the convolution and dropped after it."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    batch = jnp.expand_dims(jnp.asarray(image), axis=0)  # (1, H, W, C)

    conv = nn.Conv(d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), batch)
    feat = conv.apply(params, batch)  # (1, H/p, W/p, D)

    tokens = feat.reshape(1, -1, d)
    return tokens[0].reshape(-1)
