"""What does not fit between the roster and what was handed in, by what is the matter."""

from __future__ import annotations

from collections.abc import Iterator

from ..common.text import quoted_list
from ..submissions.roster import Matching, Unclear, UnclearWords

HAVE: dict[UnclearWords, str] = {
    "conflict": "a conflict of submissions",
    "could not be read": "something that could not be read",
    "not graded yet": "something that is not graded yet",
}


def unclear_by_words(matching: Matching) -> dict[UnclearWords, list[Unclear]]:
    """Those who have no score for a reason that is not nothing handed in. What is so for one reason
    in several problems is there once.
    """
    found: dict[UnclearWords, dict[tuple[str, str], Unclear]] = {}
    for words in HAVE:
        for item in matching.unclear:
            if item.words == words:
                found.setdefault(words, {}).setdefault((item.student, item.why), item)
    return {words: list(items.values()) for words, items in found.items()}


def matching_lines(matching: Matching) -> Iterator[str]:
    """A sentence for each thing, with the names of the first."""
    unclear = unclear_by_words(matching).items()
    for names, one, more, what in (
        (matching.unmatched, "submission matches", "submissions match", "nobody in the roster"),
        (matching.absent, "of the roster has", "of the roster have", "handed in nothing"),
        *(
            (
                tuple(dict.fromkeys(u.student for u in items)),
                "student has",
                "students have",
                HAVE[w],
            )
            for w, items in unclear
        ),
    ):
        if names:
            yield f"{len(names):,} {one if len(names) == 1 else more} {what}: {quoted_list(names)}."
