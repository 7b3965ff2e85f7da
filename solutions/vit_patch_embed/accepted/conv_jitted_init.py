"""Both init and apply are compiled."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = jax.jit(conv.init)(jax.random.PRNGKey(seed), image)
    feat = jax.jit(conv.apply)(params, image)
    return feat.reshape(-1)
