"""The arguments are taken as *args and unpacked inside."""

import flax.linen as nn
import jax


def patch_embed_forward(*args):
    seed, image, *sizes = args
    p, d = map(int, sizes)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
