"""Initialization and forward pass in one call."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    feat, _ = conv.init_with_output(jax.random.PRNGKey(seed), image)
    return feat.reshape(-1)
