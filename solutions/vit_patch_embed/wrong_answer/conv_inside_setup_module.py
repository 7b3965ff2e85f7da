"""Your nn.Conv is made in setup() of another module, so its parameter path starts with the
attribute's name and Flax draws another kernel from the same seed. Call init on the nn.Conv
itself.
"""

import flax.linen as nn
import jax


class PatchEmbed(nn.Module):
    patch_size: int
    d_model: int

    def setup(self):
        window = (self.patch_size, self.patch_size)
        self.proj = nn.Conv(self.d_model, window, strides=window, padding="VALID")

    def __call__(self, x):
        return self.proj(x).reshape(-1, self.d_model)


def patch_embed_forward(seed, image, patch_size, d_model):
    model = PatchEmbed(int(patch_size), int(d_model))
    params = model.init(jax.random.PRNGKey(seed), image)
    return model.apply(params, image).reshape(-1)
