"""Your nn.Dense sits inside another module, so its parameter path starts with 'Dense_0' and Flax
draws another kernel from the same seed. Call init on the layer itself.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class PatchEmbed(nn.Module):
    d_model: int

    @nn.compact
    def __call__(self, patches):
        return nn.Dense(self.d_model)(patches)


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.swapaxes(1, 2).reshape(-1, p * p * c)
    model = PatchEmbed(d)
    params = model.init(jax.random.PRNGKey(seed), patches)
    return model.apply(params, patches).reshape(-1)
