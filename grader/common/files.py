"""The package's folder, and writing a file whole or not at all."""

from pathlib import Path

from .folders import open_folder, refuse_others


def package_root() -> Path:
    """The folder of this package, `grader/`. Its own course, if any, is the folder around it."""
    return Path(__file__).resolve().parents[1]


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes bytes, or text as UTF-8, to a new file that then replaces the old one.

    So a full disk leaves the old file unchanged. Line ends are not changed. The user's umask
    decides the permissions, which are never wider than the old file's. A link is followed if it is
    the user's own. Raises OSError.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.is_symlink():
        refuse_others(path.absolute())
    if path.exists() and not path.is_file():  # a device or a pipe is never replaced
        path.write_bytes(data)
        return
    path = path.resolve() if path.is_symlink() else path
    with open_folder(path.parent) as folder:
        folder.write(path.name, data)
