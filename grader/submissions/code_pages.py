"""Finds the code page in which bytes look most like words and names."""

from collections.abc import Iterable, Sequence


def best_page(texts: Iterable[bytes], pages: Sequence[str]) -> str:
    """The page in which the fewest characters look out of place; of equals the first.

    Every text is valid in some 8-bit page, so that alone tells nothing.
    """
    whole = b"\n".join(texts)
    return min(pages, key=lambda page: _out_of_place(whole.decode(page, "replace")))


def _out_of_place(text: str) -> int:
    """How many characters beyond ASCII are no letters, or are capitals inside a word."""
    pairs = zip(f" {text}", text, strict=False)
    return sum(
        not char.isalpha() or (char.isupper() and before.islower())
        for before, char in pairs
        if not char.isascii()
    )
