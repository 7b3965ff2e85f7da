"""A linen module whose parameters are the given arrays."""

import flax.linen as nn
import jax.numpy as jnp


class PatchEmbedding(nn.Module):
    patch_size: int
    d_model: int

    @nn.compact
    def __call__(self, x):
        n, c, h, w = x.shape
        p, d = self.patch_size, self.d_model
        length = (h // p) * (w // p)
        w_proj = self.param("w_proj", nn.initializers.lecun_normal(), (c * p * p, d))
        cls_token = self.param("cls_token", nn.initializers.zeros, (d,))
        pos_embed = self.param("pos_embed", nn.initializers.normal(0.02), (length + 1, d))

        patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
        tokens = patches.reshape(n, length, -1) @ w_proj
        cls = jnp.broadcast_to(cls_token, (n, 1, d))
        return jnp.concatenate([cls, tokens], axis=1) + pos_embed


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    module = PatchEmbedding(patch_size=patch_size, d_model=w_proj.shape[1])
    params = {"w_proj": w_proj, "cls_token": cls_token, "pos_embed": pos_embed}
    return module.apply({"params": params}, jnp.asarray(x))
