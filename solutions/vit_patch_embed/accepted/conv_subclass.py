"""A subclass of nn.Conv that gives back tokens instead of a feature map."""

import flax.linen as nn
import jax


class PatchEmbed(nn.Conv):
    @nn.compact
    def __call__(self, inputs):
        return super().__call__(inputs).reshape(-1, self.features)


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    embed = PatchEmbed(int(d_model), kernel_size=(p, p), strides=(p, p), padding="VALID")
    tokens = embed.apply(embed.init(jax.random.PRNGKey(seed), image), image)
    return tokens.reshape(-1)
