"""You fold the seed into PRNGKey(0), which is another key than PRNGKey(seed)."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    key = jax.random.fold_in(jax.random.PRNGKey(0), seed)
    params = conv.init(key, image)
    return conv.apply(params, image).reshape(-1)
