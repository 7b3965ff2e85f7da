"""There is no function called patch_embed_forward in your file."""

import flax.linen as nn
import jax


def patch_embedding_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
