"""The entry point is an instance of a class with __call__."""

import flax.linen as nn
import jax


class PatchEmbedder:
    def __init__(self, padding="VALID"):
        self.padding = padding

    def build(self, p, d):
        return nn.Conv(d, (p, p), strides=(p, p), padding=self.padding)

    def __call__(self, seed, image, patch_size, d_model):
        conv = self.build(int(patch_size), int(d_model))
        params = conv.init(jax.random.PRNGKey(seed), image)
        return conv.apply(params, image).reshape(-1)


patch_embed_forward = PatchEmbedder()
