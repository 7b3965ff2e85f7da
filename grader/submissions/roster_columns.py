"""What the columns of a roster are called: by learning systems, and by people in four languages."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for line in text.splitlines() for name in line.split(",") if name)


# The columns of a Canvas gradebook that name a student.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# All names are as `key` makes them. Of two columns that a roster has, the first one here counts.
ID = _words(
    """id,student id,student number,student no,id number,sid,org defined id,orgdefinedid,identifier
sis user id,sis id,university id,campus id,matriculation number,registration number,roll number
matrikelnummer,matrikel nr,matrikelnr,matr nr,matrnr,matrikel,mat nr,mtknr,id nummer
studierendennummer,studentennummer,numero d etudiant,numero etudiant,n etudiant,no etudiant
num etudiant,code etudiant,numero d identification,matricule,numero de id,numero de identificacion
numero de matricula,n de matricula,no de matricula,matricula,numero de estudiante
numero de expediente,expediente,legajo,dni,identificador,codigo"""
)
LOGIN = _words(
    """username,user name,user id,userid,user,login,login id,login name,sis login id,net id,netid
account,github username,github user,github,benutzername,benutzerkennung,anmeldename,nutzername
kennung,nutzerkennung,loginname,identifiant,nom d utilisateur,nom utilisateur,utilisateur
nombre de usuario,usuario"""
)
NUMBER = _words("github id,canvas id,canvas user id,moodle id,lms id")
EMAIL = _words(
    """email,e mail,email address,e mail address,mail,mail address,student email,university email
e mail adresse,email adresse,emailadresse,mail adresse,mailadresse,adresse de courriel,courriel
adresse e mail,adresse email,adresse mail,adresse electronique,courrier electronique,mel
correo electronico,correo,direccion de correo,direccion de correo electronico,direccion email
direccion de email,correo institucional"""
)
NAME = _words(
    """full name,fullname,student name,display name,vollstandiger name,name vorname
nachname vorname,vorname nachname,vorname name,vor und nachname,nom complet,nom et prenom
nom prenom,prenom nom,prenom et nom,nombre completo,apellidos y nombre,apellidos nombre
nombre y apellidos,last name first name,first name last name,last first,first last
name,nom,nombre,student,teilnehmer,teilnehmer in,etudiant,estudiante,alumno"""
)
FIRST = _words(
    """first name,firstname,given name,given names,forename,first,vorname,vornamen,vorname n,rufname
prenom,prenoms,prenom s,nombre de pila,nombres,nombre s"""
)
LAST = _words(
    """last name,lastname,family name,surname,last,nachname,familienname,zuname,nom de famille
nom de naissance,nom d usage,apellidos,apellido,apellido s,primer apellido"""
)
SECOND_LAST = ("segundo apellido",)
KNOWN = {*ID, *LOGIN, *NUMBER, *EMAIL, *NAME, *FIRST, *LAST, *SECOND_LAST, "section"}


@dataclass(frozen=True)
class Columns:
    """Which columns of a roster hold what, by place. All cells of `ids` name a student, the first
    with most right. names: joined, they are the full name; of columns with one name, any filled one
    is the part.
    """

    ids: Sequence[int]
    numbers: Sequence[int]
    emails: Sequence[int]
    names: Sequence[Sequence[int]]

    @property
    def some(self) -> bool:
        """Whether anything names a student."""
        return bool(self.ids or self.emails or self.names)


def key(name: str) -> str:
    """A column's name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.split(r"[\W_]+", letters)).strip()


def is_canvas(header: Iterable[str]) -> bool:
    """Whether these are the columns of a Canvas gradebook, as `key` makes them."""
    columns = set(header)
    return {"student", "id"} <= columns and not columns.isdisjoint(
        ("sis user id", "sis login id", "section")
    )


def read_columns(header: Sequence[str]) -> Columns:
    """What the columns hold. header: their names, as `key` makes them."""

    def places(names: Iterable[str]) -> list[int]:
        return [place for name in names for place, column in enumerate(header) if column == name]

    ids = places(ID) + places(LOGIN)
    student = places(["student"])
    if not ids and student:
        ids = student[:1]

    def part(names: Iterable[str]) -> list[list[int]]:
        every = [[place for place in places([name]) if place not in ids] for name in names]
        return [*filter(None, every)][:1]

    whole, first, last = part(NAME), part(FIRST), part(LAST) + part(SECOND_LAST)
    if first and not last:  # "Name" beside "Vorname" is the last name
        names = first + whole
    elif last and not first:  # "Nombre" beside "Apellidos" is the first name
        names = whole + last
    else:
        names = whole or first + last
    return Columns(ids, places(NUMBER), places(EMAIL), names)
