"""Other parameter names, defaults and extra options: calls go by position."""

import flax.linen as nn
import jax


def patch_embed_forward(rng, x, p=16, dim=768, padding="VALID", verbose=False):
    p, dim = int(p), int(dim)
    conv = nn.Conv(dim, (p, p), strides=(p, p), padding=padding)
    y = conv.apply(conv.init(jax.random.PRNGKey(rng), x), x)
    if verbose:
        print(y.shape)
    return y.reshape(-1)
