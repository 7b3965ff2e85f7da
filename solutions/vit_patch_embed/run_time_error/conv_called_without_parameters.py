"""You call the nn.Conv like a function. A Flax layer keeps no parameters of its own: make them with
init and hand them to apply.
"""

import flax.linen as nn


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    return conv(image).reshape(-1)
