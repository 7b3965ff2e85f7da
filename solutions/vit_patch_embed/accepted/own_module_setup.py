"""A module of one's own that makes its kernel in setup()."""

import flax.linen as nn
import jax
import jax.numpy as jnp


class PatchProjection(nn.Module):
    patch_size: int
    channels: int
    d_model: int

    def setup(self):
        p = self.patch_size
        self.weight = self.param(
            "weight", nn.initializers.lecun_normal(), (p, p, self.channels, self.d_model)
        )

    def __call__(self, image):
        p = self.patch_size
        h, w, c = image.shape
        blocks = image.reshape(h // p, p, w // p, p, c)
        return jnp.einsum("iyjxc,yxcd->ijd", blocks, self.weight)


def patch_embed_forward(seed, image, patch_size, d_model):
    image = jnp.asarray(image)
    model = PatchProjection(int(patch_size), image.shape[-1], int(d_model))
    params = model.init(jax.random.PRNGKey(seed), image)
    return model.apply(params, image).reshape(-1)
