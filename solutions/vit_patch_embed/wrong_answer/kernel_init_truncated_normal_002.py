"""You initialize the kernel with truncated_normal(0.02), as many ViT code bases do. The exercise
keeps the default of nn.Conv, lecun_normal.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(
        d,
        (p, p),
        strides=(p, p),
        padding="VALID",
        kernel_init=nn.initializers.truncated_normal(0.02),
    )
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
