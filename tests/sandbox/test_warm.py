"""Fork servers: what they fork is a worker like any other, and their end costs nobody a mark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from support.classes import Write, below, grade_class, of_a_fork_server
from support.course import ROOT, Grade, proven
from support.sources import DEFINES_RIGHT

from grader.common.errors import SandboxError
from grader.common.verdict import Verdict
from grader.course import Limits
from grader.sandbox import Sandbox, Worker, choose, fork_server
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.fork_server import ForkingSandbox
from grader.sandbox.landlock import Landlock
from grader.worker.frames import FrameKind

WHOLE = f"{DEFINES_RIGHT}\npatch_embed_cls = right"
CALLED = "def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size): return 1\n"


@pytest.fixture
def fresh(sandbox: Sandbox) -> Iterator[ForkingSandbox]:
    """Each of the sandboxes with fork servers of this test's own, so that it can do as it likes."""
    assert isinstance(sandbox, ForkingSandbox)
    own = ForkingSandbox(Bubblewrap() if sandbox.name == "bubblewrap" else Landlock())
    yield own
    own.close()


def fork_servers() -> list[psutil.Process]:
    """The Python processes that fork, and none that they have forked."""
    mine = psutil.Process().children(recursive=True)
    found = [p for p in mine if of_a_fork_server(p) and p.name().startswith("python")]
    return [p for p in found if p.parent() not in found]


def new(before: list[psutil.Process]) -> psutil.Process:
    (server,) = (p for p in fork_servers() if p not in before)
    return server


def start(sandbox: Sandbox) -> Worker:
    worker = Worker(sandbox, Limits())
    kind, _ = worker.receive(60)
    assert kind is FrameKind.READY
    return worker


def test_one_fork_server_serves_one_after_another_and_two_serve_two(fresh: ForkingSandbox) -> None:
    before = fork_servers()
    with start(fresh):
        first = new(before)
        with start(fresh):
            assert len(fork_servers()) == len(before) + 2
    with start(fresh), start(fresh):
        assert len(fork_servers()) == len(before) + 2
        assert first in fork_servers()
    fresh.close()
    assert fork_servers() == before


def test_a_fork_server_has_nothing_that_its_children_could_share(fresh: ForkingSandbox) -> None:
    """No memory that can be written and is shared, no thread; and a child none of its files."""
    before = fork_servers()
    with start(fresh):
        server = new(before)
        (child,) = (p for p in server.children() if p.name().startswith("python"))
        maps = Path(f"/proc/{server.pid}/maps").read_text().splitlines()
        assert [line for line in maps if line.split()[1][1] == "w" and "s" in line.split()[1]] == []
        assert server.num_threads() == 1
        assert (os.getpgid(child.pid), os.getsid(child.pid)) == (child.pid, child.pid)
        assert open_files(server) & open_files(child) <= {"/dev/null"}


def open_files(process: psutil.Process) -> set[str]:
    folder = Path(f"/proc/{process.pid}/fd")
    return {os.readlink(path) for path in folder.iterdir()}


def test_workers_of_one_fork_server_draw_other_random_numbers(
    fresh: ForkingSandbox, grade: Grade
) -> None:
    source = "import random, uuid\nimport numpy as np\n"
    source += f"print(random.random(), np.random.rand(), uuid.uuid4())\n{CALLED}"
    first, second = (grade(source, sandbox=fresh).output.split() for _ in range(2))
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)


def test_a_worker_leaves_its_libraries_as_they_were_to_the_next(
    fresh: ForkingSandbox, grade: Grade
) -> None:
    spoilt = (
        "import jax, os, sys, builtins, numpy as np\n"
        "np.matmul = np.concatenate = jax.numpy.matmul = None\nbuiltins.len = None\n"
        f"jax.config.update('jax_enable_x64', True)\nos.environ.clear()\n{CALLED}"
    )
    assert grade(spoilt, sandbox=fresh).verdict is not Verdict.ACCEPTED
    assert grade(WHOLE, sandbox=fresh).verdict is Verdict.ACCEPTED


def test_a_fork_server_that_died_is_replaced(fresh: ForkingSandbox) -> None:
    before = fork_servers()
    with start(fresh):
        first = new(before)
    first.kill()
    first.wait()
    with start(fresh):
        assert new(before) != first


@pytest.mark.sweep
def test_a_fork_server_that_is_silent_is_replaced(
    fresh: ForkingSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fork_server, "PATIENCE", 2)
    before = fork_servers()
    with start(fresh):
        first = new(before)
    first.suspend()
    with start(fresh):
        assert new(before) != first


@pytest.mark.sweep
def test_a_fork_server_that_dies_takes_its_child_with_it_and_costs_no_mark(
    fresh: ForkingSandbox, write: Write
) -> None:
    """Whoever was in it is graded again, alone, by a new one."""
    before = fork_servers()
    over = threading.Event()
    killed: list[psutil.Process] = []

    def kill() -> None:
        while not killed and not over.wait(0.05):
            for server in fork_servers():
                if server not in before and server.children():
                    server.kill()
                    killed.append(server)

    killer = threading.Thread(target=kill)
    killer.start()
    waits = f"import time\ntime.sleep(1)\n{WHOLE}"
    reports = grade_class([write("first", waits), write("second", waits)], fresh, jobs=1)
    over.set()
    killer.join()
    assert killed
    assert [reports[name].verdict for name in ("first", "second")] == [Verdict.ACCEPTED] * 2
    fresh.close()
    assert below() == []


def test_a_worker_that_is_killed_leaves_its_fork_server_to_the_next(fresh: ForkingSandbox) -> None:
    before = fork_servers()
    with start(fresh) as worker:
        first = new(before)
        worker.kill()
        assert worker.ending() == (signal.SIGKILL, 0)
    with start(fresh):
        assert new(before) == first


def test_how_a_worker_ended_is_told(fresh: ForkingSandbox, grade: Grade) -> None:
    said = grade("import os\nos._exit(3)", sandbox=fresh).message
    assert "status 3" in said
    said = grade("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", sandbox=fresh).message
    assert "SIGSEGV" in said


def test_where_a_fork_server_has_threads_each_worker_is_started_afresh(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread does not live on in a fork, and what it held may stay locked there for ever."""
    monkeypatch.setattr(psutil.Process, "num_threads", lambda _: 2)
    own = ForkingSandbox(Bubblewrap() if sandbox.name == "bubblewrap" else Landlock())
    with pytest.raises(SandboxError, match="2 threads"):
        Worker(own, Limits())
    chosen = choose.choose_sandbox(sandbox.name, [ROOT / "solutions"])
    assert not isinstance(chosen, ForkingSandbox)
    with start(chosen):
        pass


@pytest.mark.sweep
def test_a_killed_grader_leaves_no_fork_server(tmp_path: Path) -> None:

    script = (
        "import sys\nfrom grader.sandbox import choose_sandbox\n"
        "kept = choose_sandbox(sys.argv[1], [])\nprint('ready', flush=True)\ninput()"
    )
    for name in ("bubblewrap", "landlock"):
        proven(name)
        with subprocess.Popen(
            [sys.executable, "-c", script, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            left = psutil.Process(process.pid).children(recursive=True)
            assert any(map(of_a_fork_server, left))
            process.kill()
        gone, alive = psutil.wait_procs(left, timeout=10)
        assert alive == []
        assert len(gone) == len(left)
