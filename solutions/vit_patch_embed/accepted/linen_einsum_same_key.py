"""nn.Einsum, the layer, with a kernel of the convolution's shape."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    layer = nn.Einsum(shape=(p, p, c, d), einsum_str="iyjxc,yxcd->ijd", use_bias=False)
    params = layer.init(jax.random.PRNGKey(seed), blocks)
    return layer.apply(params, blocks).reshape(-1)
