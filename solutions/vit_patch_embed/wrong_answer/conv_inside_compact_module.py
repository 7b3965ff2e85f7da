"""Your nn.Conv sits inside another module, so its parameter path starts with 'Conv_0' and Flax
draws another kernel from the same seed. Call init on the nn.Conv itself.
"""

import flax.linen as nn
import jax


class PatchEmbed(nn.Module):
    patch_size: int
    d_model: int

    @nn.compact
    def __call__(self, x):
        p = self.patch_size
        x = nn.Conv(self.d_model, (p, p), strides=(p, p), padding="VALID")(x)
        return x.reshape(-1, self.d_model)


def patch_embed_forward(seed, image, patch_size, d_model):
    model = PatchEmbed(int(patch_size), int(d_model))
    params = model.init(jax.random.PRNGKey(seed), image)
    return model.apply(params, image).reshape(-1)
