"""An object with __call__ and one method per step."""

import jax.numpy as jnp


class PatchEmbed:
    def patchify(self, x, p):
        n, c, h, w = x.shape
        x = jnp.reshape(x, (n, c, h // p, p, w // p, p))
        return jnp.permute_dims(x, (0, 2, 4, 1, 3, 5)).reshape(n, -1, c * p * p)

    def prepend(self, token, sequence):
        token = jnp.broadcast_to(token, (sequence.shape[0], 1, sequence.shape[2]))
        return jnp.concat([token, sequence], axis=1)

    def __call__(self, x, w_proj, cls_token, pos_embed, patch_size):
        tokens = self.patchify(x, patch_size) @ w_proj
        return self.prepend(cls_token, tokens) + pos_embed


patch_embed_cls = PatchEmbed()
