"""Checks what a finding says of a function on the function itself, with fresh numbers.

Each check asks other inputs than the diagnosis does and shares no code with it. What is said with a
number, or of a place, is checked on the sizes of the probe, which the sentence is about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.special as sp

from grader.course import Problem
from grader.diagnosis.finding import Finding
from grader.diagnosis.pixels_read import Reading

Array = np.ndarray
Arguments = tuple[Any, ...]
Function = Callable[..., Array]
CLOSE = 2e-4  # of the largest number
AXIS = {"images": 0, "tokens": 1, "features": 2}
PART = {"batch": "pixel", "patch": "patch", "channel": "channel", "channels": "channel of all"}


def close(one: Array, other: Array, tolerance: float = CLOSE) -> bool:
    largest = max(float(np.abs(one).max()), float(np.abs(other).max()))
    return bool(np.isfinite(largest) and (np.abs(one - other) <= tolerance * largest).all())


class Truth:
    """What is true of `got`, in comparison with `right`. Both return (images, tokens, features)."""

    def __init__(self, problem: Problem, right: Function, got: Function, seed: int) -> None:
        self.problem, self.right, self.got = problem, right, got
        self.random = np.random.default_rng(seed)
        self.cls = "x" in problem.parameters
        self.main = int(not self.cls)
        assert problem.probe is not None
        self.probe = problem.probe().arguments

    def normal(self, shape: Any, scale: float = 1.0) -> Array:
        return (scale * self.random.normal(size=shape)).astype(np.float32)

    def fresh(self, scale: float = 1.0) -> Arguments:
        """Other numbers of the probe's sizes. Seeds are others, too."""
        return tuple(
            self.normal(value.shape, scale if number == self.main else 1.0)
            if isinstance(value, np.ndarray)
            else int(self.random.integers(5, 1000))
            if self.problem.parameters[number] == "seed"
            else value
            for number, value in enumerate(self.probe)
        )

    def with_image(self, arguments: Arguments, change: Callable[[Array], Array]) -> Arguments:
        image = np.asarray(change(arguments[self.main]), np.float32)
        return self.with_(arguments, self.main, image)

    def with_(self, arguments: Arguments, number: int, value: Any) -> Arguments:
        return (*arguments[:number], value, *arguments[number + 1 :])

    def image_first(self, image: Array) -> Array:
        """(N, C, H, W), as a view."""
        return image if self.cls else image.transpose(2, 0, 1)[None]

    def says_true(self, finding: Finding, reading: Reading | None) -> bool:
        kind, *more = finding.id.split(":")
        check = getattr(self, "_" + kind.replace("-", "_"))
        with np.errstate(all="ignore"):
            return bool(check(more, finding.sentence, reading))

    # The whole answer.

    def _constant(self, more: list[str], *_: Any) -> bool:
        return all(close(self.got(*self.fresh()), np.array(float(more[0]))) for _ in range(3))

    def _one_number(self, *_: Any) -> bool:
        answers = [self.got(*self.fresh()) for _ in range(3)]
        return all(np.ptp(a) <= CLOSE * np.abs(a).max() for a in answers)

    def _ignored(self, more: list[str], *_: Any) -> bool:
        base = self.fresh()
        changed = base
        for name in more[0].split(","):
            number = self.problem.parameters.index(name)
            changed = self.with_(changed, number, self.fresh()[number])
        return close(self.got(*base), self.got(*changed))

    def _always(self, more: list[str], *_: Any) -> bool:
        number = self.problem.parameters.index(more[0])
        base = self.fresh()
        return close(self.got(*base), self.right(*self.with_(base, number, int(more[1]))))

    def _other_number(self, more: list[str], sentence: str, _: Any) -> bool:
        number = self.problem.parameters.index(more[0])
        given, used = (int(n) for n in re.findall(r"= (-?\d+)", sentence))
        base = self.with_(self.fresh(), number, given)
        return close(self.got(*base), self.right(*self.with_(base, number, used)))

    # How it responds to the whole image.

    def _straight(
        self, scale: float = 1.0, tolerance: float = CLOSE, base: Arguments | None = None
    ) -> bool:
        base = base or self.fresh(scale)
        low, middle, high = (
            self.got(*self.with_image(base, lambda x, k=k: k * x)) for k in (-1, 1, 3)
        )
        return close(high - middle, middle - low, tolerance)

    def _response(self, more: list[str], sentence: str, _: Any) -> bool:
        check = getattr(self, "_response_" + more[0].replace("-", "_"))
        return bool(check(more[1:], sentence))

    def _same_after(
        self, change: Callable[[Array], Array], scale: float = 1.0, tolerance: float = CLOSE
    ) -> bool:
        base = self.fresh(scale)
        return close(self.got(*base), self.got(*self.with_image(base, change)), tolerance)

    def _plus(self, kind: str, whole: bool = False) -> Callable[[Array], Array]:
        """An amount that is added to a part of the image, at random."""
        amount = self.random.integers(1, 4) if whole else self.random.uniform(0.5, 3)

        def change(image: Array) -> Array:
            changed = image.copy()
            x = self.image_first(changed)
            n, c, h, w = (int(self.random.integers(size)) for size in x.shape)
            p = 2
            part: dict[str, Any] = {
                "batch": np.s_[:, c, h, w],
                "patch": np.s_[n, :, h // p * p : h // p * p + p, w // p * p : w // p * p + p],
                "channel": np.s_[n, c],
                "channels": np.s_[:, c],
                "image": np.s_[n],
                "all": np.s_[:],
            }
            x[part[kind]] += np.float32(amount)
            return changed

        return change

    def _response_mean_subtracted(self, more: list[str], sentence: str) -> bool:
        """Only if it is linear it must be a mean, or another one with weights."""
        tolerance = 1e-2 if more[1:] else CLOSE
        kept = all(self._same_after(self._plus(more[0]), 1, tolerance) for _ in range(3))
        if more[1:] == ["scaled"]:
            base, factor = self.fresh(), self.random.uniform(2, 5)
            other = self.got(*self.with_image(base, lambda x: factor * x))
            return kept and close(self.got(*base), other, 1e-2)  # an epsilon may count
        return kept and self._straight(tolerance=2e-2)

    def _response_moves_with_pixels(self, more: list[str], sentence: str) -> bool:
        kept = all(self._same_after(self._plus(more[0], whole=True)) for _ in range(3))
        return kept and not self._straight(tolerance=1e-6) and not self._response_only_fractions()

    def _response_only_fractions(self, *_: Any) -> bool:
        whole = self.random.integers(-3, 4, size=self.probe[self.main].shape)
        return self._same_after(lambda x: x + whole)

    def _response_only_signs(self, *_: Any) -> bool:
        def change(x: Array) -> Array:
            return 10 ** self.random.uniform(-1, 1, size=x.shape) * x

        return all(self._same_after(change) for _ in range(4))

    def _response_scale_changes_nothing(self, *_: Any) -> bool:
        """And it is more than the sign of each pixel that counts."""
        base, factor = self.fresh(), self.random.uniform(1.5, 4)
        other = self.got(*self.with_image(base, lambda x: factor * x))
        scaled = close(self.got(*base), other, 1e-2)  # an epsilon may count
        return scaled and not self._response_only_signs()

    def _response_zeros_divide(self, *_: Any) -> bool:
        answer = self.got(*self.with_image(self.fresh(), np.zeros_like))
        return not np.isfinite(answer).all() and bool(np.isfinite(self.got(*self.fresh())).all())

    def _response_rounded(self, more: list[str], sentence: str) -> bool:
        base = self.fresh()
        answers = np.array([self.got(*base), self.got(*self.with_image(base, lambda x: x + 0.3))])
        if "depend" in sentence:
            answers = answers[:, np.ptp(answers, axis=0) > 0]
        scaled = answers * 10 ** int(more[0])
        return bool(np.allclose(scaled, np.rint(scaled), atol=1e-3))

    def _response_zeros_are_special(self, *_: Any) -> bool:
        base = self.fresh()
        zero, low, high = (
            self.got(*self.with_image(base, lambda x, k=k: k * x)) for k in (0, -1e-2, 1e-2)
        )
        return not close(zero, (low + high) / 2, 1e-2)

    def _response_depends_on_values(self, *_: Any) -> bool:
        """Some image is off the line of others."""
        return any(not self._straight(scale) for scale in (0.1, 1, 100)) or any(
            not close(
                self.got(*self.with_image(base, lambda x: np.abs(x) * 0.1))
                - self.got(*self.with_image(base, np.zeros_like)),
                0.1
                * (
                    self.got(*self.with_image(base, lambda x: x))
                    + 2 * self.got(*self.with_image(base, lambda x: np.maximum(-x, 0)))
                    - 3 * self.got(*self.with_image(base, np.zeros_like))
                ),
            )
            for base in [self.fresh()]
        )

    def _response_nearly_linear(self, *_: Any) -> bool:
        scales = (0.1, 1, 1, 100, 5000)
        exact = all(self._straight(scale, 1e-6) for scale in scales)
        return not exact and all(self._straight(tolerance=0.3) for _ in range(2))

    def _response_normalized(self, more: list[str], _: str) -> bool:
        number, base = self.problem.parameters.index(more[0]), self.fresh()
        factor = np.float32(self.random.uniform(1.5, 4))
        return close(self.got(*base), self.got(*self.with_(base, number, factor * base[number])))

    def _response_not_linear(self, more: list[str], _: str) -> bool:
        if not more:
            fresh = all(self._straight(scale, 1e-5) for scale in (0.3, 1, 3, 1000))
            return not (fresh and self._straight(tolerance=1e-5, base=self.probe))
        number = self.problem.parameters.index(more[0])

        def bent(base: Arguments) -> bool:
            zero, one, two = (
                self.got(*self.with_(base, number, np.float32(k) * base[number])) for k in (0, 1, 2)
            )
            return not close(two - one, one - zero, 1e-4)

        return any(bent(self.fresh()) for _ in range(4))

    def _response_some_are_zero(self, _: Any, sentence: str) -> bool:
        count = int(re.findall(r"(\d+) of the", sentence)[0])
        answers = np.array([self.got(*self.fresh()) for _ in range(3)])[:, :, int(self.cls) :]
        return int((answers == 0).all(axis=0).sum()) == count

    def _response_fractions_are_cut(self, *_: Any) -> bool:
        return self._same_after(np.trunc, 4)

    def _response_fractions_are_rounded(self, *_: Any) -> bool:
        return self._same_after(np.rint, 4)

    def _response_few_values(self, *_: Any) -> bool:
        return self._same_after(np.rint, 4) and self._response_bounded()

    def _response_pixels_are_clipped(self, *_: Any) -> bool:
        return self._same_after(lambda x: np.clip(x, 0, 1))

    def _response_negative_pixels_are_zero(self, *_: Any) -> bool:
        return self._same_after(lambda x: np.maximum(x, 0))

    def _response_never_negative(self, _: Any, sentence: str) -> bool:
        for scale in (1, 100):
            base = self.fresh(scale)
            answer = self.got(*base)
            if sentence.startswith("Nothing"):
                zeros = self.with_image(base, np.zeros_like)
                answer = (answer - self.right(*zeros))[answer != self.got(*zeros)]
            if answer.min() < -CLOSE * np.abs(answer).max():
                return False
        return True

    def _response_bounded(self, *_: Any) -> bool:
        base = self.fresh(2e3)
        one, two = self.got(*base), self.got(*self.with_image(base, lambda x: 8 * x))
        return bool(np.abs(two).max() <= 4 * np.abs(one).max() + 1e-3)

    # Low precision.

    def _precision(self, more: list[str], sentence: str, _: Any) -> bool:
        cases = [self.fresh(scale) for scale in (1, 1, 1000, *(8000,) * 8)]
        cases[-1] = self.with_image(self.probe, lambda x: 8000 * x)
        cases += [self.with_image(cases[0], np.zeros_like), self.probe]
        cases += [
            self.with_(case, n, 0 * value)
            for case in [cases[0]]
            for n, value in enumerate(case)
            if isinstance(value, np.ndarray)
        ]
        got, right = ([f(*case) for case in cases] for f in (self.got, self.right))
        finite = [bool(np.isfinite(answer).all()) for answer in got]
        if more[0] == "overflow":
            return finite[0] and not all(finite[2:11])
        if more[0] == "not-finite":
            return not all(finite)
        shares = [
            np.abs(g - r).max() / (np.abs(r).max() or 1) for g, r in zip(got, right, strict=True)
        ]
        return 2.0 ** -(int(more[0]) + 4) < max(shares) < 2.0 ** -(int(more[0]) - 3)

    # Images.

    def _images(self, more: list[str], sentence: str, _: Any) -> bool:
        base = self.fresh()
        image = base[0]

        def changed(n: int) -> Array:
            """Which images of the answer change with image n."""
            other = image.copy()
            other[n] = self.normal(image[n].shape)
            before, after = self.got(*base), self.got(other, *base[1:])
            away = np.abs(after - before).max(axis=(1, 2))
            return away > 1e-6 * np.abs(before).max()

        first, last = changed(0), changed(-1)
        if more[0] == "last-not-read":
            other = image.copy()
            other[-1, -1, -1, -1] += 1
            return close(self.got(*base), self.got(other, *base[1:]), 1e-6) and bool(first[0])
        numbers = [int(n) for n in re.findall(r"image (\d)", sentence)]
        if more[0] == "mixed" and "other images" in sentence:
            return bool(last[0])
        if more[0] == "mixed":
            return bool(first[numbers[0]])
        if more[0] == "moved":
            return bool(first[numbers[1]] and not first[0])
        if more[0] == "first-everywhere":
            other = image.copy()
            other[0] = self.normal(image[0].shape)
            delta = self.got(other, *base[1:]) - self.got(*base)
            return not last.any() and close(delta, np.broadcast_to(delta[:1], delta.shape))
        assert more[0] == "last-everywhere"
        return bool(last[0] and not first.any())

    # Pixels.

    def _reads_other_pixels(self, more: list[str], sentence: str, reading: Reading | None) -> bool:
        """Each pixel that is said to be read changes the token once, the others never."""
        assert reading is not None
        token = int(more[0])
        does, should = reading.does[token], reading.should[token]
        seen = np.zeros_like(does)
        bases = self.fresh(), self.fresh(), *[self.probe] * 4
        for channel, base in enumerate(bases):
            before = self.got(*base)[0, token]
            for row, column in np.ndindex(does.shape):
                image = base[self.main].copy()
                x = self.image_first(image)
                if base is self.probe:  # in one channel, and by about as much as was measured
                    x[0, channel % x.shape[1], row, column] += self.random.uniform(3.9, 4.1)
                else:
                    x[0, :, row, column] += self.normal(x.shape[1], 3)
                after = self.got(*self.with_(base, self.main, image))[0, token]
                seen[row, column] |= np.abs(after - before).max() > 1e-6 * np.abs(before).max()
        if "also changes" in sentence:
            extra = does & ~should
            return bool(extra.any() and seen[extra].all())
        return bool((seen == does).all())

    def reads_right(self, reading: Reading) -> bool:
        """Each token changes with the pixels of its own patch, and with no other."""
        return all(
            self._reads_other_pixels([str(token)], "", reading)
            for token in range(len(reading.should))
        )

    # Weights of patches: what a change by 1 at each place adds. Linear, each patch alone.

    def _maps(self, function: Function) -> Array:
        """(patches, numbers of a patch in the order of the axes, features)."""
        base = self.weighed
        zero = function(*self.with_image(base, np.zeros_like))[0]
        image = base[self.main]
        x = self.image_first(np.zeros_like(image))
        _, channels, height, width = x.shape
        p, extra = 2, int(self.cls)
        order = [*np.ndindex(channels, p, p)]
        if not self.cls:
            order = [(c, i, j) for i, j, c in np.ndindex(p, p, channels)]
        maps = []
        for patch in range((height // p) * (width // p)):
            row, column = divmod(patch, width // p)
            per_place = []
            for c, i, j in order:
                one = np.zeros_like(image)
                self.image_first(one)[0, c, row * p + i, column * p + j] = 1
                answer = function(*self.with_(base, self.main, one))[0]
                per_place.append(answer[extra + patch] - zero[extra + patch])
            maps.append(per_place)
        return np.array(maps)

    def _place(self, words: str) -> int:
        c, i, j = (int(re.findall(f"{w} (\\d+)", words)[0]) for w in ("channel", "row", "column"))
        return c * 4 + i * 2 + j if self.cls else i * 4 + j * 2 + c

    def _weights(self, more: list[str], sentence: str, _: Any) -> bool:
        self.weighed = self.fresh()
        if not self._straight():
            return False
        right, got = self._maps(self.right), self._maps(self.got)
        kind = more[0]
        each = all(close(got[0], other) for other in got)
        if kind in ("factor-by-patch", "differ-by-patch"):
            factors = [np.vdot(g, r) / np.vdot(r, r) for g, r in zip(got, right, strict=True)]
            fits = all(close(g, f * r, 1e-3) for f, g, r in zip(factors, got, right, strict=True))
            return not each and fits == (kind == "factor-by-patch")
        if not each:
            return False
        shape, wide = ((2, 2, 2, -1), got[0].shape[1])
        g, r = got[0], right[0]
        names = ["channel", "row", "column"] if self.cls else ["row", "column", "channel"]
        if close(g, r, 1e-6):
            return False
        if kind == "factor":
            return close(g, float(more[1]) * r, 1e-3)
        if kind == "precision":
            return close(g, r, 0.05) and not close(g, r, 1e-6)
        if kind.startswith("factor-by"):
            with_factors = g / r
            by = kind.removeprefix("factor-by-")
            if by == "feature":
                lengths = np.linalg.norm(g, axis=0)
                return close(with_factors, with_factors[:1] + 0 * g, 1e-2) and (
                    more[1:] != ["unit"] or close(lengths, np.ones(wide), 1e-2)
                )
            if by == "place":
                return close(with_factors, with_factors[:, :1] + 0 * g, 1e-2)
            table = np.moveaxis(with_factors.reshape(shape), names.index(by), 0).reshape(2, -1)
            return close(table, table[:, :1] + 0 * table, 1e-2)
        factor = float(np.linalg.norm(g) / np.linalg.norm(r))
        unit = g / factor
        if kind == "order":
            axes = [names.index(name) for name in more[1].split(",")]
            wanted = np.empty_like(r)
            wanted[np.arange(8).reshape(2, 2, 2).transpose(axes).ravel()] = r
            return close(unit, wanted, 1e-3)
        if kind == "reversed":
            axes = [names.index(name[:-1]) for name in more[1].split(",")]
            return close(unit, np.flip(r.reshape(shape), axes).reshape(r.shape), 1e-3)
        if kind in ("other-order", "repeated"):
            mine, theirs = re.findall(r"((?:(?:channel|row|column) \d ?){3})", sentence)
            near = np.abs(unit[:, None] - r[None]).max(axis=2) < 1e-3 * np.abs(r).max()
            once = bool((near.sum(axis=0) == 1).all())
            return (
                bool(near[self._place(mine), self._place(theirs)])
                and bool(near.any(axis=1).all())
                and once == (kind == "other-order")
            )
        if kind == "features-moved":
            near = np.abs(unit[:, :, None] - r[:, None]).max(axis=0) < 1e-3 * np.abs(r).max()
            return bool((near.sum(axis=0) == 1).all() and (near.sum(axis=1) == 1).all())
        if kind == "same-numbers":
            return close(np.sort(unit.ravel()), np.sort(r.ravel()), 1e-3)
        if kind == "signs":
            return close(np.abs(g), np.abs(r))
        if kind == "constant":
            return close(g, np.full_like(g, float(more[1])), 1e-3)
        if kind.startswith("same-for-each"):
            axis = names.index(kind.removeprefix("same-for-each-"))
            blocks = np.moveaxis(g.reshape(shape), axis, 0)
            return close(blocks, blocks[:1] + 0 * blocks, 1e-3)
        assert kind == "other", kind
        return not close(g, r)

    # What is added.

    def _added(self, more: list[str], sentence: str, _: Any) -> bool:
        check = getattr(self, "_added_" + more[0].replace("-", "_"))
        return bool(check(more[1:], sentence))

    def _row_changes(self, name: str) -> Iterator[tuple[int, Array, Array]]:
        """Each row, what is added to it, and what changes in the answer."""
        number, base = self.problem.parameters.index(name), self.fresh()
        before = self.got(*base)
        for row in range(len(np.atleast_2d(base[number]))):
            value = base[number].copy()
            change = self.normal(value.shape[-1]) + 1
            np.atleast_2d(value)[row] += change
            yield row, change, self.got(*self.with_(base, number, value)) - before

    def _held(self, name: str) -> Array | None:
        """(rows, images, tokens); None if a change is no multiple of what was added."""
        held = []
        for _, change, delta in self._row_changes(name):
            amounts = delta @ change / (change @ change)
            if not np.allclose(delta, amounts[..., None] * change, atol=CLOSE * 5):
                return None
            held.append(amounts)
        return np.array(held)

    def _added_moved(self, more: list[str], _: str) -> bool:
        right_place = True
        for _row, change, delta in self._row_changes(more[0]):
            per_image = np.sort(delta.reshape(len(delta), -1), axis=1)
            wanted = np.zeros(per_image.shape[1])
            wanted[: len(change)] = change
            if not np.allclose(per_image, np.sort(wanted), atol=1e-3):
                return False
        return right_place and self._held(more[0]) is None

    def _added_changed(self, more: list[str], _: str) -> bool:
        number = self.problem.parameters.index(more[0])
        held = []
        for _row, change, delta in self._row_changes(more[0]):
            amounts = delta @ change / (change @ change)
            held.append(np.abs(delta - amounts[..., None] * change).max() > 1e-6)
        return any(held) and isinstance(self.probe[number], np.ndarray)

    def _added_times(self, more: list[str], _: str) -> bool:
        name, factor = more[0], 0.0 if more[1] == "none" else float(more[1])
        number, base = self.problem.parameters.index(name), self.fresh()
        other = self.with_(base, number, self.fresh()[number])
        right, got = (f(*other) - f(*base) for f in (self.right, self.got))
        return bool(np.abs(got - factor * right).max() <= 2e-3 * np.abs(right).max())

    def _added_elsewhere(self, more: list[str], sentence: str) -> bool:
        belongs, lies = (int(n) for n in re.findall(r"token (\d+)", sentence))
        held = self._held(more[0])
        if held is None:
            return False
        tokens = np.flatnonzero(np.abs(held).max(axis=(0, 1)) > 1e-3)
        return belongs == 0 and [*tokens] == [lies]

    def _added_by_image(self, more: list[str], sentence: str) -> bool:
        held = self._held(more[0])
        rows = [int(n) for n in re.findall(r"row (\d+)", sentence)]
        if held is None:
            return False
        return all((np.abs(held[:, n]).argmax(axis=0) == row).all() for n, row in enumerate(rows))

    def _added_rows(self, more: list[str], sentence: str) -> bool:
        name, token, text = more[0], int(more[1]), ":".join(more[2:])
        held = self._held(name)
        if held is None:
            return False
        image = int((re.findall(r"[Ii]n image (\d+)", sentence) or [0])[0])
        has, wanted = held[:, image, token], np.zeros(len(held))
        if sum_of := re.match(r"([-\d.e]+) times the sum of (\d+) rows", text):
            some = np.abs(has) > 1e-3
            return int(some.sum()) == int(sum_of[2]) and np.allclose(
                has[some], float(sum_of[1]), rtol=1e-2
            )
        if not text.startswith(("no row", "nothing")):
            for part in text.removesuffix(" and others").split(" and "):
                times = re.match(r"([-\d.e+]+) times ", part)
                row = re.findall(r"\[(\d+)\]", part)
                wanted[int(row[0]) if row else 0] = float(times[1]) if times else 1
            if text.endswith(" and others"):
                has = np.where(wanted == 0, 0, has)
        return bool(np.allclose(has, wanted, atol=2e-3 * max(1, np.abs(has).max())))

    def _offset(self) -> Array:
        base = self.with_image(self.fresh(), np.zeros_like)
        return self.got(*base) - self.right(*base)

    def _added_constant(self, more: list[str], _: str) -> bool:
        return bool(np.allclose(self._offset(), float(more[0]), rtol=2e-3, atol=1e-4))

    def _added_constant_to_patches(self, more: list[str], _: str) -> bool:
        return bool(np.allclose(self._offset()[:, 1:], float(more[0]), rtol=2e-3, atol=1e-4))

    def _added_vector(self, *_: Any) -> bool:
        offset = self._offset()
        return bool(offset.any()) and close(offset, offset[:1, :1] + 0 * offset, 1e-3)

    def _added_vector_to_patches(self, *_: Any) -> bool:
        offset = self._offset()[:, 1:]
        return bool(offset.any()) and close(offset, offset[:1, :1] + 0 * offset, 1e-3)

    def _added_pixels(self, more: list[str], *_: Any) -> bool:
        """For an image of the opposite numbers, nothing is added to the right answer for zeros."""
        amounts = np.array([float(n) for n in more[0].split(",")], np.float32)
        base = self.with_image(self.fresh(), np.zeros_like)
        shape = [1] * base[self.main].ndim
        shape[1 if self.cls else -1] = -1
        full = np.broadcast_to(-amounts.reshape(shape), base[self.main].shape)
        right = self.right(*base)
        largest = max(np.abs(self.got(*base) - right).max(), np.abs(right).max())
        got = self.got(*self.with_(base, self.main, full.astype(np.float32)))
        return bool((np.abs(got - right) <= 5e-3 * largest).all())

    def _added_other(self, *_: Any) -> bool:
        return not close(self._offset() + 1, np.ones(()), 1e-6)

    # A known function of the right answer, or of its part that depends on the image.

    def _curve(self, more: list[str], sentence: str, _: Any) -> bool:
        return all(self._curve_fits(more, sentence, scale) for scale in (1, 3))

    def _curve_fits(self, more: list[str], sentence: str, scale: float) -> bool:
        part = more[-1] == "part"
        id, *rest = more[:-1] if part else more
        base = self.fresh(scale)
        fixed = self.right(*self.with_image(base, np.zeros_like)) if part else np.zeros(())
        right, got = self.right(*base) - fixed, self.got(*base) - fixed
        if part and self.cls:
            right, got = right[:, 1:], got[:, 1:]
        tolerance = 2e-3
        if id in ("mask", "dropout"):
            factors = re.findall(r"others are ([\d.e+-]+) times", sentence)
            wanted = (float(factors[0]) if factors else 1.0) * right
            lost = np.abs(got) <= 1e-4 * np.abs(got).max()
            return bool(lost.any()) and close(np.where(lost, 0, wanted), got, tolerance)
        axes = tuple(range(3)) if rest == ["all"] else ()
        if rest and not axes and not re.match(r"[-\d]", rest[0]):
            axes = tuple(AXIS[name] for name in rest[0].split("-"))
        epsilon = float((re.findall(r"epsilon of about ([\d.e-]+)\. ", sentence) or [0])[0])
        numbers = [float(n) for n in rest if re.match(r"[-\d]", n)]
        if id == "clipped":
            limit = {
                word: float(value)
                for word, value in re.findall(r"at (least|most) ([-\d.e+]*\d)", sentence)
            }
            wanted = np.clip(right, limit.get("least", -np.inf), limit.get("most", np.inf))
            return close(got, wanted, tolerance)
        if id in WHOLE:  # a number near a jump may lie on the other side
            away = np.abs(got - WHOLE[id](right))
            return bool((away > 1e-3).mean() < 0.05)
        if id in NORMS:
            return any(close(got, curve(right, axes, epsilon), 2e-2) for curve in NORMS[id])
        return any(close(got, curve(right, axes, *numbers), tolerance) for curve in CURVES[id])


def _rest(x: Array, a: Any) -> Array:
    return x - x.mean(axis=a, keepdims=True)


def _over(size: Callable[[Array, Any], Array], centre: Callable[[Array, Any], Array] | None = None):
    def curves(x: Array, a: Any, e: float) -> Array:
        rest = centre(x, a) if centre else x
        return rest / size(rest, a)

    return curves


def _deviation(ddof: int) -> Callable[[Array, Any, float], Array]:
    return lambda x, a, e: _rest(x, a) / (x.std(axis=a, ddof=ddof, keepdims=True) + e)


def _length(x: Array, a: Any) -> Array:
    return np.sqrt((x**2).sum(axis=a, keepdims=True))


WHOLE: dict[str, Callable[[Array], Array]] = {
    "rounded": np.rint,
    "truncated": np.trunc,
    "floor": np.floor,
    "ceil": np.ceil,
    "sign": np.sign,
}
NORMS: dict[str, list[Callable[[Array, Any, float], Array]]] = {
    "standardized": [
        lambda x, a, e: _rest(x, a) / np.sqrt(x.var(axis=a, keepdims=True) + e),
        _deviation(0),
        _deviation(1),
    ],
    "rms-norm": [
        lambda x, a, e: x / np.sqrt((x**2).mean(axis=a, keepdims=True) + e),
        lambda x, a, e: x / (np.sqrt((x**2).mean(axis=a, keepdims=True)) + e),
    ],
    "length": [
        lambda x, a, e: x / (_length(x, a) + e),
        lambda x, a, e: x / np.sqrt(_length(x, a) ** 2 + e),
        lambda x, a, e: _rest(x, a) / (_length(_rest(x, a), a) + e),
    ],
    "by-largest": [
        _over(lambda x, a: np.abs(x).max(axis=a, keepdims=True)),
        _over(lambda x, a: x.max(axis=a, keepdims=True)),
    ],
    "by-sum": [
        _over(lambda x, a: x.sum(axis=a, keepdims=True)),
        _over(lambda x, a: np.abs(x).sum(axis=a, keepdims=True)),
    ],
    "from-0-to-1": [
        _over(
            lambda x, a: x.max(axis=a, keepdims=True),
            lambda x, a: x - x.min(axis=a, keepdims=True),
        )
    ],
}
CURVES: dict[str, list[Callable[..., Array]]] = {
    "relu": [lambda x, a: np.maximum(x, 0)],
    "leaky-relu": [lambda x, a, s: np.where(x > 0, x, s * x)],
    "gelu": [
        lambda x, a: x / 2 * (1 + sp.erf(x / math.sqrt(2))),
        lambda x, a: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        lambda x, a: x * sp.expit(1.702 * x),
    ],
    "silu": [lambda x, a: x * sp.expit(x)],
    "tanh": [lambda x, a: np.tanh(x)],
    "sigmoid": [lambda x, a: sp.expit(x)],
    "softplus": [lambda x, a: np.logaddexp(0, x)],
    "elu": [lambda x, a, s=1.0: np.where(x > 0, x, s * np.expm1(np.minimum(x, 0)))],
    "abs": [lambda x, a: np.abs(x)],
    "square": [lambda x, a: x**2],
    "one-minus": [lambda x, a: 1 - x],
    "softmax": [lambda x, a: sp.softmax(x, axis=a)],
    "log-softmax": [lambda x, a: sp.log_softmax(x, axis=a)],
    "mean-subtracted": [_rest],
    "mean": [lambda x, a: x.mean(axis=a, keepdims=True) + 0 * x],
    "sorted": [
        lambda x, a: np.sort(x, axis=a[0]),
        lambda x, a: -np.sort(-x, axis=a[0]),
    ],
}
