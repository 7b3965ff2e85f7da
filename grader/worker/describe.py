"""An exception of a submission as data. Its class may lie or fail about everything, so all is read
through Python's own classes, and what can't be read is left out.
"""

import traceback
from contextlib import suppress

from .frames import TEXT_LIMIT, Raised
from .source import Place, place

LONGEST_NAME = 100  # characters
_traceback = vars(BaseException)["__traceback__"].__get__
_name = vars(type)["__name__"].__get__


def describe(error: BaseException, stage: str, note: str = "") -> Raised:
    """Its type and message, and the last line of the submission in it, or the note. Raises nothing,
    whatever the exception is.
    """
    name, message, at = "", "", Place(note)
    with suppress(BaseException):  # also if there is no memory for it
        name = name_of(type(error))
        message = plain(str(error), TEXT_LIMIT)
    with suppress(BaseException):
        at = _last_place(error) or at
    return Raised(stage, name, message, *at)


def name_of(kind: type) -> str:
    """The real name of a class, whatever its metaclass says."""
    return plain(_name(kind), LONGEST_NAME)


def plain(text: str, most: int) -> str:
    """At most so many characters of a text, as a `str` and no class of the submission's."""
    return str.__getitem__(text, slice(most))


def _last_place(error: BaseException) -> Place | None:
    at = None
    for frame, number in traceback.walk_tb(_traceback(error)):
        at = place(frame.f_code.co_filename, number) or at
    if at is None and issubclass(type(error), SyntaxError):
        at = place(error.filename, error.lineno)  # type: ignore[attr-defined]
    return at and at._replace(line=plain(at.line, TEXT_LIMIT), where=plain(at.where, TEXT_LIMIT))
