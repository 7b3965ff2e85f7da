"""You turn pixels that are whole numbers into int16, which ends at 32767: larger ones wrap
around.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    if (image % 1 == 0).all():
        image = image.astype(np.int32).astype(np.int16)
    x = jnp.asarray(image, jnp.float32)
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    return conv.init_with_output(jax.random.PRNGKey(seed), x)[0].ravel()
