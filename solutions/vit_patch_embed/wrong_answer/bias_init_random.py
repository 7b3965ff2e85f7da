"""Your bias is drawn at random, as in PyTorch. Keep the default bias of nn.Conv, which is zero."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(
        d, (p, p), strides=(p, p), padding="VALID", bias_init=nn.initializers.normal(0.1)
    )
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
