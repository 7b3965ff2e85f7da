"""Puts submissions under the ids of a roster, and says what does not fit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..common.text import quote, quoted, quoted_list
from .match_roster import NUMBERED, Match, Matcher, Names
from .read_roster import Roster
from .roster import Matching, Student, Unclear, is_test_student
from .submission import Identity, NotUnderstood, Submission

Claims = Mapping[tuple[str, str], Sequence[Submission]]  # by student of the roster and problem


@dataclass(frozen=True)
class Class:
    """A class and its work. students: those of the roster, in its order, then all others.

    submissions: under the ids of the students. found: the same ones under the names that they were
    found by. choices: how they were matched, a sentence each.
    """

    submissions: list[Submission]
    found: list[Submission]
    students: list[Student]
    matching: Matching
    choices: tuple[str, ...] = ()


def join_roster(
    roster: Roster,
    found: Sequence[Submission],
    not_understood: Iterable[NotUnderstood],
    problem_ids: Sequence[str],
) -> Class:
    """Matches the submissions, and what could not be read, with the students of the roster.

    If two sources have a submission for one problem from one student, neither counts for that
    student: each is under its own name. The same is true for a name that fits several students.
    """
    matcher = Matcher(roster.students)
    matches = {names: matcher.match(names) for names in dict.fromkeys(map(_names, found))}
    tests = {names for names, match in matches.items() if not match.students and _is_test(names)}
    found = [submission for submission in found if _names(submission) not in tests]
    claims: defaultdict[tuple[str, str], list[Submission]] = defaultdict(list)
    for submission in found:
        if student := matches[_names(submission)].student:
            claims[student.id, submission.problem_id].append(submission)
    ids = [student.id for student in roster.students]
    taken = {*ids, *(submission.student for submission in found)}
    joined = [_joined(item, matches[_names(item)], claims, ids, taken) for item in found]
    others = sorted({submission.student for submission in joined}.difference(ids))
    students = [*roster.students, *map(Student, others)]
    unclear = [
        *_conflicts(claims),
        *_ambiguous(found, matches, claims),
        *_unreadable(matcher, Matcher(students), not_understood, joined, claims, problem_ids),
    ]
    strangers = [names for names, match in matches.items() if not match.student]
    unmatched = dict.fromkeys(names.student for names in strangers if names not in tests)
    there = {*(submission.student for submission in joined), *(one.student for one in unclear)}
    absent = [id for id in ids if id not in there]
    matching = Matching(
        unmatched=tuple(unmatched) if ids else (),
        absent=tuple(absent),
        unclear=tuple(unclear),
        not_in_roster=tuple(others) if ids else (),
    )
    choices = [*roster.choices, *_how_matched(matches)]
    if tests:
        left_out = quoted_list(sorted(names.student for names in tests))
        choices.append(f"The test student of Canvas is left out: {left_out}.")
    return Class(joined, found, students, matching, tuple(choices))


def _names(submission: Submission) -> Names:
    return Names(submission.student, submission.identity)


def _is_test(names: Names) -> bool:
    """Whether this is the test student of Canvas, by a name that Canvas made: it has a number."""
    numbered = NUMBERED.fullmatch(names.student)
    return bool(numbered and is_test_student(numbered[1])) or bool(
        names.identity.number and is_test_student(names.identity.full_name)
    )


def _joined(
    submission: Submission,
    match: Match,
    claims: Claims,
    ids: Collection[str],
    taken: Collection[str],
) -> Submission:
    """The submission under its name in the class. taken: the ids and all names of submissions."""
    name, note = submission.student, ""
    if match.student:
        several = claims[match.student.id, submission.problem_id]
        if len(several) == 1:
            return _named(submission, match.student.id)
        note = f"{_both(several)} are both {quoted(match.student.id)} in the roster"
    elif match.students:
        fit = quoted_list(student.id for student in match.students)
        note = f"{quoted(name)} fits several of the roster by {match.by}: {fit}"
    if name in ids:  # the row with this name is not theirs, or not theirs alone
        name = f"{name} (as handed in)"
        while name in taken:
            name += "~"
    if note:
        notes = (*submission.notes, f"{note}. It is marked under its own name.")
        submission = replace(submission, notes=notes)
    return _named(submission, name)


def _named(submission: Submission, student: str) -> Submission:
    others = tuple(replace(other, student=student) for other in submission.others)
    return replace(submission, student=student, others=others)


def _both(several: Iterable[Submission]) -> str:
    return " and ".join(quoted(name) for name in sorted(s.student for s in several))


def _conflicts(claims: Claims) -> Iterator[Unclear]:
    for (student, problem_id), several in claims.items():
        if len(several) > 1:
            files = quoted_list(
                f"{submission.student} ({submission.where})" for submission in several
            )
            why = f"{len(several)} submissions. Remove all but one and grade again: {files}"
            yield Unclear(student, problem_id, "conflict", why)


def _ambiguous(
    found: Iterable[Submission], matches: Mapping[Names, Match], claims: Claims
) -> Iterator[Unclear]:
    """The students whom a submission may be from, as others may be, and who have no other."""
    files: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for submission in found:
        students = matches[_names(submission)].students
        for student in students if len(students) > 1 else ():
            if (student.id, submission.problem_id) not in claims:
                shown = f"{submission.student} ({submission.where})"
                files[student.id, submission.problem_id].append(shown)
    for (student_id, problem_id), several in files.items():
        why = (
            f"it fits several students of the roster, and may be this one's: {quoted_list(several)}"
        )
        yield Unclear(student_id, problem_id, "conflict", why)


def _unreadable(
    roster: Matcher,
    everyone: Matcher,
    not_understood: Iterable[NotUnderstood],
    joined: Sequence[Submission],
    claims: Claims,
    problem_ids: Sequence[str],
) -> Iterator[Unclear]:
    """The problems for which students have no submission, but something that is none."""
    explained = {note for submission in joined for note in submission.notes}
    settled = {(submission.student, submission.problem_id) for submission in joined} | set(claims)
    for item in not_understood:
        if item.why in explained or not item.work:
            continue
        owners = {one.id for names in _owners(item) if (one := roster.match(names).student)}
        owners = owners or {s.id for n in _owners(item) if (s := everyone.match(n).student)}
        for owner in sorted(owners):
            for problem_id in problem_ids:
                if (owner, problem_id) not in settled:
                    settled.add((owner, problem_id))
                    why = f"{quote(str(item.path), 200)}: {item.why}"
                    yield Unclear(owner, problem_id, "could not be read", why)


def _owners(item: NotUnderstood) -> list[Names]:
    """Whose it is; if nothing says so, its name or its folder's may be a student's."""
    if item.owners:
        return [Names(name, identity) for name, identity in item.owners.items()]
    return [Names(name) for name in (item.path.name, item.path.stem, item.path.parent.name) if name]


def _how_matched(matches: Mapping[Names, Match]) -> Iterator[str]:
    by: dict[str, list[str]] = {}
    for names, match in matches.items():
        if match.student and match.by != "id":
            pair = f"'{quote(names.student)}' = {quote(match.student.id)}"
            by.setdefault(match.by, []).append(pair)
    for how, pairs in by.items():
        yield f"{len(pairs)} matched with the roster by {how}, such as {pairs[0]}."


def with_former_names(new: Roster, old: Roster) -> Roster:
    """The new roster of a class, with what the old one called the same students.

    So work that came under a name or an id that is gone still is its student's.
    """
    matcher = Matcher(new.students)
    former: defaultdict[str, list[str]] = defaultdict(list)
    for student in old.students:
        identity = Identity(email=student.email, number=student.number, full_name=student.name)
        same = matcher.match(Names(student.id, identity)).student
        # Where ids are numbers of rows, the name may be that of another.
        by_name = matcher.match(Names(student.name)).student if student.name else None
        if same and by_name in (None, same):
            names = (student.id, student.name, student.email, student.number)
            former[same.id] += [*names, *student.other_ids, *student.former]
    return replace(new, students=tuple(_with_former(one, former[one.id]) for one in new.students))


def _with_former(student: Student, names: Iterable[str]) -> Student:
    present = ("", student.id, student.name, student.email, student.number, *student.other_ids)
    former = dict.fromkeys(name for name in names if name not in present)
    return replace(student, former=tuple(former))
