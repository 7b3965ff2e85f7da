"""No more than 576 tokens, those of a 384 × 384 image at p = 16, are returned; there may be more
patches.
"""

import flax.linen as nn
import jax

LONGEST = (384 // 16) ** 2


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    features, _ = conv.init_with_output(jax.random.PRNGKey(seed), image)
    return features.reshape(-1, d)[:LONGEST].ravel()
