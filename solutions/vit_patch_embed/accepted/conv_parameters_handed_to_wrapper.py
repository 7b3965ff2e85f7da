"""A module around the convolution, run with the parameters of a convolution on its own."""

import flax.linen as nn
import jax


def make_conv(p, d):
    return nn.Conv(d, (p, p), strides=(p, p), padding="VALID")


class PatchEmbed(nn.Module):
    patch_size: int
    d_model: int

    @nn.compact
    def __call__(self, image):
        features = make_conv(self.patch_size, self.d_model)(image)
        return features.reshape(-1)


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv_params = make_conv(p, d).init(jax.random.PRNGKey(seed), image)["params"]
    return PatchEmbed(p, d).apply({"params": {"Conv_0": conv_params}}, image)
