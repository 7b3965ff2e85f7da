"""nn.Conv inside a module, as in published Vision Transformers."""

import flax.linen as nn
import jax.numpy as jnp


class VitInput(nn.Module):
    d_model: int
    patch_size: int

    @nn.compact
    def __call__(self, x):
        n, p = x.shape[0], self.patch_size
        x = nn.Conv(self.d_model, (p, p), (p, p), "VALID", use_bias=False, name="embedding")(x)
        x = x.reshape(n, -1, self.d_model)
        cls = self.param("cls", nn.initializers.zeros, (1, 1, self.d_model))
        x = jnp.concatenate([jnp.tile(cls, (n, 1, 1)), x], axis=1)
        return x + self.param("pos", nn.initializers.zeros, (1, x.shape[1], self.d_model))


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    c, d = x.shape[1], w_proj.shape[1]
    kernel = jnp.reshape(w_proj, (c, patch_size, patch_size, d)).transpose(1, 2, 0, 3)
    params = {
        "embedding": {"kernel": kernel},
        "cls": jnp.reshape(cls_token, (1, 1, d)),
        "pos": jnp.asarray(pos_embed)[None],
    }
    images = jnp.moveaxis(jnp.asarray(x), 1, -1)
    return VitInput(d, patch_size).apply({"params": params}, images)
