"""Texts of submissions."""

from __future__ import annotations

import json

RIGHT = """
import numpy as np

def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    x = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = x.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
"""
CALL = "def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):\n    "
DEFINES_RIGHT = """
import numpy as np

def right(x, w_proj, cls_token, pos_embed, p):
    n, c, h, w = x.shape
    x = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = x.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    cls = np.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return np.concatenate([cls, tokens], axis=1) + pos_embed
"""
WRONG = f"\n{CALL}return 1\n"


def notebook(*cells: str | tuple[str, str], version: int = 4) -> bytes:
    made = []
    for cell in cells:
        kind, text = cell if isinstance(cell, tuple) else ("code", cell)
        made.append({"cell_type": kind, "metadata": {}, "source": text.splitlines(True)})
        if kind == "code":
            made[-1] |= {"outputs": [], "execution_count": None}
    return json.dumps(
        {"nbformat": version, "nbformat_minor": 4, "metadata": {}, "cells": made}
    ).encode()
