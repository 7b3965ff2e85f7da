"""What a dry run of a hostile archive of up to 64 MB costs: seconds, bytes on disk, files.

    python benchmarks/hostile_archives.py [CASE ...]

Makes each archive, lists it by the real command with a temporary folder of its own, and prints the
archive's size, wall-clock seconds, and the peak of what the command took on that disk. Each must
stay below 60 s and 1 GiB. Other programs that write to the same disk are counted too.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path

CLS = "patch_embed_cls"
MIB = 2**20
Files = Iterable[tuple[str, bytes]]


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def deep(count: int, last: str) -> Files:
    return ((f"{n}/{'d/' * 37}{last}", b"") for n in range(count))


def tar_of_zeros(gib: int, name: str) -> bytes:
    """A tar.gz with one file."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as file:
        header = tarfile.TarInfo(name)
        header.size = gib * 2**30
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(gib * 1024):
            file.write(bytes(MIB))
    return buffer.getvalue()


def tar_of_folders() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, _ in deep(199_000, ""):
            entry = tarfile.TarInfo(name)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
    return buffer.getvalue()


def inside(data: bytes, count: int, name: str = "x.zip") -> bytes:
    return zipped((f"s{n}/{name}", data) for n in range(count))


def lying() -> bytes:
    """Its directory says 9 bytes for each notebook of 60 MiB."""
    data = zipped((f"s{n}/{CLS}.ipynb", bytes(60 * MIB)) for n in range(100))
    return data.replace((60 * MIB).to_bytes(4, "little"), (9).to_bytes(4, "little"))


CASES = {
    "720,000 folders": lambda: zipped(deep(18_000, "")),
    "200,000 flat folders": lambda: zipped((f"s{n}/", b"") for n in range(199_000)),
    "deep files": lambda: zipped(deep(18_000, "x.py")),
    "too large files": lambda: zipped((f"s{n}/{CLS}.ipynb", bytes(66 * MIB)) for n in range(60)),
    "all that fits": lambda: zipped((f"s{n}/{CLS}.ipynb", bytes(50 * MIB)) for n in range(10)),
    "many tiny files": lambda: zipped((f"s{n // 20}/{n}.py", b"x = 1") for n in range(47_000)),
    "sizes that lie": lying,
    "zips of bombs": lambda: inside(zipped((f"{n}.py", bytes(MIB)) for n in range(60)), 400),
    "zips of many": lambda: inside(zipped((f"{n}.py", b"") for n in range(19_000)), 300),
    "zips of deep": lambda: inside(zipped(deep(480, "x.py")), 3000),
    "tars of zeros": lambda: inside(tar_of_zeros(2, "x.bin"), 6, "x.tar.gz"),
    "a tar of zeros": lambda: tar_of_zeros(14, "ada/x.bin"),
    "a tar of folders": tar_of_folders,
}


def free(place: Path) -> tuple[int, int]:
    """Bytes and files that the disk has room for."""
    status = os.statvfs(place)
    return status.f_bfree * status.f_frsize, status.f_ffree


def main() -> None:
    for name in sys.argv[1:] or CASES:
        with tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder, "tmp")
            temporary.mkdir()
            data = CASES[name]()
            path = Path(folder, f"class{'.tar.gz' if name.startswith('a tar') else '.zip'}")
            path.write_bytes(data)
            started, before, peak = time.monotonic(), free(temporary), (0, 0)
            with subprocess.Popen(
                [sys.executable, "-m", "grader", "grade", "--dry-run", str(path)],
                env={**os.environ, "TMPDIR": str(temporary)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                while process.poll() is None:
                    time.sleep(0.05)
                    now = free(temporary)
                    peak = max(peak[0], before[0] - now[0]), max(peak[1], before[1] - now[1])
            seconds = time.monotonic() - started
            print(
                f"{name:20} {len(data) / 1e6:5.1f} MB {seconds:6.1f} s {peak[0] / MIB:6.0f} MiB "
                f"{peak[1]:7,} files",
                flush=True,
            )


if __name__ == "__main__":
    main()
