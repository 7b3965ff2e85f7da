"""You put jax.jit on the function without marking the sizes as static, so they are tracers and
int() fails. Name patch_size and d_model in static_argnums.
"""

import flax.linen as nn
import jax


@jax.jit
def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
