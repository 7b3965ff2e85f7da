"""You use reshape in place of transpose: reshaping to (C, H, W) and moving the axes back
scrambles the pixels. The image is (H, W, C) already; leave it as it is.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    image = image.reshape(c, h, w).transpose(1, 2, 0)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
