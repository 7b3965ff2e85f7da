"""Nothing but lambdas."""

import jax.numpy as jnp

grid = lambda x, p: jnp.reshape(x, (x.shape[0], x.shape[1], x.shape[2] // p, p, x.shape[3] // p, p))
patchify = lambda x, p: (
    grid(x, p).transpose(0, 2, 4, 1, 3, 5).reshape(len(x), -1, x.shape[1] * p**2)
)
prepend = lambda cls, seq: jnp.concatenate([jnp.tile(cls, (len(seq), 1, 1)), seq], axis=1)

patch_embed_cls = lambda x, w, cls, pos, p: prepend(cls, patchify(x, p) @ w) + pos
