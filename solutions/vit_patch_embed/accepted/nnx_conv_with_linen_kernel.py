"""An nnx convolution whose weights are replaced by those of nn.Conv."""

import flax.linen as nn
import jax
from flax import nnx


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    sizes = dict(kernel_size=(p, p), strides=(p, p), padding="VALID")
    params = nn.Conv(d, **sizes).init(jax.random.PRNGKey(seed), image)["params"]

    conv = nnx.Conv(image.shape[-1], d, **sizes, rngs=nnx.Rngs(0))
    conv.kernel = nnx.Param(params["kernel"])
    conv.bias = nnx.Param(params["bias"])
    return conv(image[None]).reshape(-1)
