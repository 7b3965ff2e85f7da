"""What grading costs: this grader, what instructors use today, and the floor under all of it.

    python benchmarks/speed.py [--rounds 5] [--students 10] [--only NAME...] [--peers FOLDER]
    python benchmarks/speed.py --growth 10 100 1000 --jobs 1 2 4
    python benchmarks/speed.py --steps

All grade the same class in the same rounds, in turn: right submissions to both problems, on the
same six shapes and five seeds of each. Peers are installed in environments of their own, which are
kept in FOLDER, as is the grader's warm cache. A submission is what one student hands in: both
problems, 60 cases.

Right answers are computed once and stored beside the peers' tests. This grader computes them in
each run, and its time is that of its real command in its real sandbox, from start to end; warm
means that earlier runs on these shapes have compiled the reference and the bank, in which the
class's own files are not. Before the rounds each grades once, so that memory can be sampled.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from growth import print_growth
from memory import peak_memory
from peers import Command, Competitor
from peers.installed import Nbgrader, Otter
from peers.plain import Floor, Pytest, Python
from peers.the_class import TheClass, kept_for, make_class, make_course, make_students
from peers.this_grader import ThisGrader, filling, grading
from platformdirs import user_cache_path
from processor import IDLE, Processor, Spent, machine
from steps import print_steps

KEPT = ("HOME", "LANG", "PATH", "TMPDIR")  # of our environment
UNIT = "grader-warm-1"


def environment(command: Command, home: Path) -> dict[str, str]:
    """Nothing of ours that changes how Python or JAX runs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    ours = {"JAX_PLATFORMS": "cpu", "XDG_CACHE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    return {**kept, **ours, **command.environment}


def run_all(competitor: Competitor, processor: Processor, home: Path) -> Spent:
    """What it costs to grade the class. Raises where it doesn't end well."""
    total = Spent(0.0, 0.0)
    for command in competitor.commands():
        where, variables = command.folder, environment(command, home)
        try:
            spent, printed = processor.run(command.arguments, cwd=where, env=variables)
        except subprocess.CalledProcessError as error:
            sys.exit(f"{competitor.name}: {error}\n{error.output[-3000:]}")
        if competitor.timed_by_itself:
            spent = Spent(*json.loads(printed.splitlines()[-1]))
        total = Spent(total.processor + spent.processor, total.wall + spent.wall)
    competitor.verify()
    return total


def peak_of(competitor: Competitor, home: Path) -> float:
    """Grades the class once; the largest memory in MiB, of its process and all below it."""
    largest = 0.0
    for command in competitor.commands():
        with (
            tempfile.TemporaryFile("w+") as printed,
            subprocess.Popen(
                command.arguments,
                cwd=command.folder,
                env=environment(command, home),
                stdout=printed,
                stderr=subprocess.STDOUT,
            ) as process,
            peak_memory(process.pid) as peak,
        ):
            if process.wait():
                printed.seek(0)
                sys.exit(f"{competitor.name}: {command.arguments}\n{printed.read()[-3000:]}")
        largest = max(largest, peak.mib)
    competitor.verify()
    return largest


def competitors(the_class: TheClass, where: Path, warm: Path, peers: Path) -> list[Competitor]:
    cold, programs = where / "cold", where / "programs"
    cold.mkdir()
    programs.mkdir()
    return [
        Floor(the_class),
        *(ThisGrader(the_class, where, warm, True, jobs) for jobs in (1, 2)),
        *(ThisGrader(the_class, where, cold, False, jobs) for jobs in (1, 2)),
        Python(the_class, programs),
        Python(the_class, None),
        Pytest(the_class),
        Nbgrader(the_class, where, peers),
        Otter(the_class, where, peers),
    ]


def fill(course: Path, cache: Path, where: Path, home: Path) -> None:
    """What earlier runs leave behind; nothing is left for later ones to compile ahead."""
    say("compiling what earlier runs would have compiled (minutes, where it was never done)")
    cache.mkdir(parents=True, exist_ok=True)
    make_students(where / "earlier", 2)
    earlier = grading(where / "earlier", course, where / "earlier results", cache, 1)
    for command in (filling(course, cache), earlier):
        variables, quiet = environment(command, home), subprocess.DEVNULL
        subprocess.run(
            command.arguments, cwd=command.folder, env=variables, check=True, stdout=quiet
        )


def compare(
    options: argparse.Namespace, processor: Processor, where: Path, warm: Path, home: Path
) -> None:
    """Prints the table."""
    the_class = make_class(where, options.students)
    everyone = competitors(the_class, where, warm, options.peers)
    unknown = {*options.only} - {competitor.name for competitor in everyone}
    if unknown:
        sys.exit(f"--only: choose of {', '.join(c.name for c in everyone)}.")
    chosen = [c for c in everyone if not options.only or c.name in options.only]
    for competitor in chosen:
        competitor.prepare()
    if any(competitor.name.startswith("grader-warm") for competitor in chosen):
        fill(the_class.course, warm, where, home)
    peaks = {}
    for competitor in chosen:
        say(f"memory: {competitor.name}")
        peaks[competitor.name] = peak_of(competitor, home)
    times: dict[str, list[Spent]] = {competitor.name: [] for competitor in chosen}
    for number in range(options.rounds):
        for competitor in chosen:
            say(f"round {number + 1} of {options.rounds}: {competitor.name}")
            times[competitor.name].append(run_all(competitor, processor, home))
    print(
        f"{options.students} submissions of 60 cases each, all right; medians of {options.rounds} "
        "rounds (least to most); memory is the largest sum of PSS of all processes, sampled."
    )
    print_table(times, peaks, options.students)


def print_table(times: dict[str, list[Spent]], peaks: dict[str, float], students: int) -> None:
    heads = ["what grades", "CPU s", "wall s", "a minute", "MiB", "CPU / floor", f"CPU / {UNIT}"]
    print(f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    medians = {
        name: statistics.median(s.processor / students for s in each)
        for name, each in times.items()
    }
    for name, each in times.items():
        wall = [s.wall / students for s in each]
        cells = [
            name,
            spread([s.processor / students for s in each]),
            spread(wall),
            f"{60 / statistics.median(wall):.0f}",
            f"{peaks[name]:.0f}",
            *(
                f"{medians[name] / medians[unit]:.1f}" if unit in medians else ""
                for unit in ("floor", UNIT)
            ),
        ]
        print(f"| {' | '.join(cells)} |")


def spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--students", type=int, default=10)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--growth", nargs="+", type=int, metavar="STUDENTS")
    parser.add_argument("--jobs", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--steps", action="store_true", help="where one submission's time goes")
    parser.add_argument("--anyway", action="store_true", help="also where the machine is not idle")
    kept = user_cache_path("vit-input-exercises") / "peers"
    parser.add_argument("--peers", type=Path, default=kept, metavar="FOLDER")
    options = parser.parse_args()
    options.peers = options.peers.absolute()
    return options


def main() -> None:
    options = arguments()
    print(machine())
    processor = Processor()
    print(processor.how)
    with tempfile.TemporaryDirectory(prefix="speed-") as name:
        if processor.others > IDLE and not options.anyway:
            sys.exit("Something else computes here. End it, or say --anyway.")
        where, home = Path(name), Path(name) / "home"
        home.mkdir()
        warm = options.peers / f"warm-{kept_for()}"
        if not (options.growth or options.steps):
            return compare(options, processor, where, warm, home)
        course = make_course(where / "course")
        fill(course, warm, where, home)
        if options.growth:
            variables = environment(Command([], where), home)
            print_growth(options.growth, options.jobs, processor, where, course, warm, variables)
        else:
            os.environ["XDG_CACHE_HOME"] = str(warm)
            print_steps(where, course, options.students)


if __name__ == "__main__":
    main()
