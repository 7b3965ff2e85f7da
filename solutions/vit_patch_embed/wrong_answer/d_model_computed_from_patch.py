"""You take p * p * C as the number of features. It is the argument d_model."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    d = p * p * image.shape[-1]
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
