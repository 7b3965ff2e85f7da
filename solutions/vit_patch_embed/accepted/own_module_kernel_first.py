"""A module of one's own: the kernel is its first parameter, as in nn.Conv."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class PatchProjection(nn.Module):
    d_model: int

    @nn.compact
    def __call__(self, patches):
        shape = (patches.shape[-1], self.d_model)
        kernel = self.param("kernel", nn.initializers.lecun_normal(), shape)
        bias = self.param("bias", nn.initializers.zeros_init(), (self.d_model,))
        return patches @ kernel + bias


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.transpose(0, 2, 1, 3, 4).reshape(-1, p * p * c)
    model = PatchProjection(d_model=int(d_model))
    tokens = model.apply(model.init(jax.random.PRNGKey(seed), patches), patches)
    return tokens.reshape(-1)
