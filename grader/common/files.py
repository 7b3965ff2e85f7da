"""Files of ours: where the package lies, and writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def package_root() -> Path:
    """The folder of this package, `grader/`. The course that it came with is the one around it."""
    return Path(__file__).resolve().parents[1]


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes text as UTF-8, or bytes, to a new file that then takes the place of the old one.

    So a full disk leaves the old file as it was. Line ends stay as they are in the text. The
    permissions are those of a file that the user makes (their umask decides). Raises OSError.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():  # a device or a pipe must stay what it is
        path.write_bytes(data)
        return
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    """The permissions that this process takes from new files; it can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
