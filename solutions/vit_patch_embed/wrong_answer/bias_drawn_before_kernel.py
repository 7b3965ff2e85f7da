"""Your module makes its bias before its kernel. Flax counts parameters as they are made, so the
kernel of nn.Conv, which comes first, gets another key.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Projection(nn.Module):
    d_model: int

    @nn.compact
    def __call__(self, x):
        bias = self.param("bias", nn.initializers.zeros, (self.d_model,))
        kernel = self.param("kernel", nn.initializers.lecun_normal(), (x.shape[-1], self.d_model))
        return x @ kernel + bias


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    blocks = blocks.swapaxes(1, 2).reshape(h // p, w // p, -1)
    model = Projection(d)
    params = model.init(jax.random.PRNGKey(seed), blocks)
    return model.apply(params, blocks).reshape(-1)
