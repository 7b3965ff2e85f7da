"""A class of 60 in every form: everyone is found once, with the right file."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from support.lms_forms import (
    FORMS,
    Person,
    as_folder,
    as_zip,
    as_zips,
    class_files,
    content,
    people,
)
from support.submissions import CLS, problems

from grader.submissions import Identity, find_submissions, open_archives

CLASS = people(60)


def found(*paths: Path) -> tuple[dict[str, str], dict[str, Identity], tuple[str, ...]]:
    """The text and the identity of each student; and the choices. Nobody comes twice."""
    with open_archives(paths) as opened:
        result = find_submissions(opened.paths, problems(), unpacked=opened.unpacked)
        texts = [(s.student, s.read().file.decode()) for s in result.submissions]
    assert not result.unknown_form
    assert len(dict(texts)) == len(texts)
    identities = {s.student: s.identity for s in result.submissions}
    assert {s.problem_id for s in result.submissions} == {CLS}
    return dict(texts), identities, (*opened.choices, *result.choices)


def must_be(form: str) -> dict[str, str]:
    shown = FORMS[form].shown if form in FORMS else FORMS["folders"].shown
    return {unicodedata.normalize("NFC", shown(person)): content(person) for person in CLASS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("how", ["folder", "zip", "zip in a folder", "zip of a zip", "glob"])
def test_everyone_is_found_once(form: str, how: str, tmp_path: Path) -> None:
    files = class_files(FORMS[form], CLASS)
    if how in ("folder", "glob"):
        paths = [as_folder(files, tmp_path / "class")]
    elif how == "zip":
        paths = [as_zip(files, tmp_path / "class.zip")]
    elif how == "zip in a folder":
        (tmp_path / "downloads").mkdir()
        as_zip(files, tmp_path / "downloads" / "all.zip", "class/")
        paths = [tmp_path / "downloads"]
    else:
        inner = as_zip(files, tmp_path / "inner.zip")
        paths = [tmp_path / "outer.zip"]
        import zipfile

        with zipfile.ZipFile(paths[0], "w") as archive:
            archive.write(inner, "inner.zip")
    if how == "glob":
        paths = sorted(paths[0].iterdir())
    texts, _, choices = found(*paths)
    assert texts == must_be(form)
    assert choices


def test_a_zip_for_each_student(tmp_path: Path) -> None:
    folder = as_zips(CLASS, tmp_path / "class")
    assert found(folder)[0] == found(*folder.iterdir())[0] == must_be("zips")


@pytest.mark.parametrize(
    ("form", "identity"),
    [
        ("moodle folders", lambda p: Identity(number=str(p.number), full_name=p.full)),
        ("moodle flat", lambda p: Identity(number=str(p.number), full_name=p.full)),
        ("blackboard", lambda p: Identity(login=p.login, full_name=p.full)),
        ("brightspace flat", lambda p: Identity(full_name=p.full)),
        ("github", lambda p: Identity(login=FORMS["github"].shown(p))),
        ("gradescope", lambda p: Identity(p.login, p.email, full_name=p.full)),
    ],
)
def test_what_a_form_says_of_a_student(form: str, identity: object, tmp_path: Path) -> None:
    person = Person("Ada", "Lovelace", 10231)
    other = Person("Bela", "Novak", 10232)
    files = class_files(FORMS[form], [person, other])
    _, identities, _ = found(as_folder(files, tmp_path / "class"))
    assert callable(identity)
    assert identities[FORMS[form].shown(person)] == identity(person)
