"""A module around the convolution that shares its scope, so the parameter path stays the same."""

import flax.linen as nn
import jax


class PatchEmbed(nn.Module):
    patch_size: int
    d_model: int

    def setup(self):
        p = self.patch_size
        self.conv = nn.Conv(self.d_model, (p, p), strides=(p, p), padding="VALID")
        nn.share_scope(self, self.conv)

    def __call__(self, image):
        return self.conv(image).reshape(-1, self.d_model)


def patch_embed_forward(seed, image, patch_size, d_model):
    model = PatchEmbed(int(patch_size), int(d_model))
    variables = model.init(jax.random.PRNGKey(seed), image)
    return model.apply(variables, image).reshape(-1)
