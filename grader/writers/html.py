"""Fills in `templates/`. All that is not the grader's own markup is text: visible and escaped.

No other module makes markup. jinja2 is imported when the first template is used, so that commands
that write no page start quickly.
"""

from __future__ import annotations

import base64
import hashlib
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from ..common.text import quote, visible

if TYPE_CHECKING:
    from jinja2 import Environment

LONGEST_LINE = 400  # characters


def render(template: str, **values: object) -> Markup:
    """The page. Raises jinja2.UndefinedError if the template needs another value."""
    return Markup(environment().get_template(template).render(values))


@cache
def asset(name: str) -> Markup:
    """A style or a script that goes into a page."""
    return Markup(files(__package__).joinpath(name).read_text("utf-8"))


@cache
def environment() -> Environment:
    """What all templates share."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"] = asset("class_report.css")
    made.globals["script"] = ""
    made.tests["finite"] = math.isfinite
    made.filters |= {
        "line": lambda text, most=LONGEST_LINE: quote(text, most),
        "lines": _lines,
        "count": count_of,
        "thousands": "{:,}".format,
        "sha256": _sha256,
    }
    return made


def count_of(number: int, noun: str) -> str:
    """Such as "1 student" or "1,000 students"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _shown(value: object) -> object:
    """The text of a value. jinja2 then escapes it, unless it is markup."""
    return value if isinstance(value, Markup | int | float) else visible(str(value))


def _lines(text: str) -> Markup:
    """Text that keeps its lines and tabs."""
    return escape(visible(text, keep="\n\t"))


def _sha256(text: str) -> str:
    """In base64, as in a Content-Security-Policy."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
