"""A class of reports, each at the worst of every field, kept and written as grading does it.

As a program it gets a folder and a number of reports, and prints this process's peak in MiB.
"""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from pathlib import Path
from random import Random

from support.class_states import received
from support.course import patch_embed_cls
from support.synthetic import _heat, _reading

from grader.common.verdict import Verdict
from grader.course.draw import draw_cases
from grader.diagnosis.diagnose import Diagnosis
from grader.diagnosis.finding import Finding
from grader.judging.judgement import Kind
from grader.report.class_state import ClassState
from grader.report.make_run import make_run
from grader.report.report import Report, case_report, group_reports
from grader.report.results_folder import ResultsFolder
from grader.report.run import graded_problem
from grader.writers.all_outputs import write_all

# More than a worker can send: what JSON, HTML or UTF-8 makes longest, and many lines.
FLOODS = ("\x00" * 2**16, "\U0001f642" * 2**16, "\udc80" * 2**16, "<&'\"\\" * 2**14, "a\n" * 2**15)
KEYS = ("student", "submission", "problem_id", "problem_version", "sandbox")


def hostile_report(number: int) -> Report:
    """A wrong answer in every case. Its texts are floods, as far as the grader has not made them
    itself of a few words.
    """
    entry = patch_embed_cls()
    flood = FLOODS[number % len(FLOODS)] + str(number)  # no two share their memory
    cases = tuple(
        replace(
            case_report(case, None),
            verdict=Verdict.WRONG_ANSWER,
            kind=Kind.WRONG_VALUES,
            message=flood,
            largest_error=0.1,
            where=(1, 2, 3),
        )
        for case in draw_cases(entry, 1)
    )
    finding = Finding(f"{number}{flood}", flood)
    report = Report(
        student=f"student{number}",
        submission=f"class/student{number}/{entry.id}.py",
        problem_id=entry.id,
        problem_version=entry.version,
        verdict=Verdict.WRONG_ANSWER,
        kind=Kind.WRONG_VALUES,
        max_score=entry.problem.max_score,
        message=flood,
        sandbox="bubblewrap",
        notes=(flood,) * 1000,
        groups=group_reports(entry.problem, cases, Verdict.WRONG_ANSWER),
        cases=cases,
        diagnosis=Diagnosis(
            (finding,),
            finding,
            _heat(1, Random(number)),
            tuple(flood.split("\n")),
            _reading(1),
        ),
    )
    texts = [field.name for field in fields(Report) if field.type == "str"]
    return replace(report, **{name: flood for name in texts if name not in KEYS})


def write_hostile_class(folder: Path, count: int) -> None:
    """Grades nothing; all else is as in a class run of so many submissions."""
    entry = patch_embed_cls()
    state = ClassState(1, (graded_problem(entry),))
    found = []
    with ResultsFolder(folder, 1) as results:
        for number in range(count):
            results.keep(f"report{number}", hostile_report(number))
            found.append(received(f"student{number}", str(number), reports=(f"report{number}",)))
        results.save(state.with_command((str(folder),), found, (), ()))
        run = make_run(results.state, results.reports())
        assert len(run.reports) == count
        write_all(run, folder, {})


if __name__ == "__main__":
    write_hostile_class(Path(sys.argv[1]), int(sys.argv[2]))
    # Not `ru_maxrss`: the kernel takes over that of the process that started this one.
    status = Path("/proc/self/status").read_text().split()
    print(int(status[status.index("VmHWM:") + 1]) / 1024)
