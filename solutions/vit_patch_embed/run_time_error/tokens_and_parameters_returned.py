"""You return the parameters along with the tokens. Return the tokens alone."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    feat, params = conv.init_with_output(jax.random.PRNGKey(seed), image)
    return feat.reshape(-1), params
