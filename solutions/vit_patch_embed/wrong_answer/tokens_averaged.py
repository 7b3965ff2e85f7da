"""You average over all patches and return one vector. Return every token, one after the other."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = conv.apply(params, image).reshape(-1, d)
    return tokens.mean(axis=0)
