"""The convolution of the statement; the tokens stay in shape (num_patches, d_model)."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    d = int(d_model)
    height, width, _ = image.shape
    num_patches = (height // p) * (width // p)

    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    feat = conv.apply(params, image)
    return feat.reshape(num_patches, d)
