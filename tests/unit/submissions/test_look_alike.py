"""Names that may be read as others: real names are not among them, and imitations are."""

# ruff: noqa: RUF001

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.submissions.look_alike import look_alike
from grader.submissions.roster import Student

ORDINARY = """
Ada Lovelace | José García Márquez | Zoë O’Brien-Smith | Renée D'Arcy | Łukasz Dąbrowski
Jürgen Groß | Søren Ærø | Þórður Jónsson | Ayşe Yılmaz | İbrahim Işık | Nguyễn Thị Minh Khai
Siân ap Gwyn | Seán Ó Súilleabháin | Dvořák, Antonín | Škvorecký, Josef | Kőszegi Ödön
François-Xavier Lefèvre | Lluís Puig i Vilà | Inês Gonçalves | Jānis Bērziņš | Ēriks Ķuzis
Oğuz Çelik | Ștefan Țepeș | Đorđe Petrović | Māia Tāwhiri | Kaʻiulani Kalākaua | Ọláyínká Adé
Ngũgĩ wa Thiong’o | Nǃxau ǂToma | Ivan Ivanov | Martin Luther King, Jr. | R2 D2 | Ana Mª López
Иван Петрович Иванов | Анна Сергеевна Ким | Мар’яна Їжакевич | Ђорђе Јовановић | Айгүл Қасымова
Василь Быкаў | Γιώργος Παπαδόπουλος | Ελένη Ευσταθίου | Νίκος Κ. | Արամ Խաչատրյան | ნინო ჯაფარიძე
محمد عبد الله | فاطمه زهرا حسینی | علی‌رضا رضایی | יעל כהן־לוי | חיים נחמן | ዳዊት ተስፋዬ | राम कुमार शर्मा
সৌমিত্র চট্টোপাধ্যায় | ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ | ગીતા પટેલ | தமிழ்ச்செல்வன் | వేంకటేశ్వర రావు | ಕನ್ನಡ ರಾಜು | മീര നായർ
නිමල් පෙරේරා | สมชาย ใจดี | ສົມສັກ | မောင်မောင် | សុខ សុភា | བསྟན་འཛིན་རྒྱ་མཚོ | Бат-Эрдэнэ
李 Li | 王小明 | 李明Li Ming | 陳大文 David Chan | 歐陽娜娜 | 山田 太郎 | 佐々木 のぞみ
マイケル・ジョーダン | 高橋メアリー | ローラ | 〆木 | ﾔﾏﾀﾞ | 김민준 | 김 Min-jun | 金大中김대중
이서연 (Seo-yeon Lee) | ㄅㄆ李
Анна Петрова (Anna Petrova) | Νίκος (Nikos) | محمد (Mohamed) | สมชาย Somchai | राम Ram
ada.lovelace7 | s0012345 | 0012 | bo_ek@example.edu | Lovelace, Ada_10231 | class/ada (as handed in)
""".strip()
NAMES = [name.strip() for name in ORDINARY.replace("\n", "|").split("|")]


def marked(*names: str) -> dict[str, str]:
    return look_alike([Student(str(n), name) for n, name in enumerate(names)])


def test_no_ordinary_name_is_marked() -> None:
    assert len(NAMES) > 60
    assert marked(*NAMES) == {}
    assert marked(*(unicodedata.normalize("NFD", name) for name in NAMES)) == {}


@pytest.mark.parametrize("name", [n for n in NAMES if not n.isascii()])
def test_no_ordinary_name_is_marked_as_an_id(name: str) -> None:
    assert look_alike([Student(name), Student("Ada Lovelace")]) == {}


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("Ad\u0430 Lovelace", "Cyrillic and Latin"),
        ("\u0410da Lovelace", "Cyrillic and Latin"),
        ("Ada L\u03bfvelace", "Greek and Latin"),
        ("\u0391nna", "Greek and Latin"),
        ("\u0421\u0430\u0440\u0430 Ek", "Cyrillic and Latin"),  # a whole word that looks Latin
        ("\u041e. Henry", "Cyrillic and Latin"),
        ("Ив\u03b1н", "Cyrillic and Greek"),
        ("Bo\u0585", "Armenian and Latin"),
        ("Da\u13a0", "Cherokee and Latin"),
        ("山田a\u0430", "Cyrillic and Han and Latin"),
    ],
)
def test_a_name_that_mixes_scripts_is_marked(name: str, scripts: str) -> None:
    (sentence,) = marked(name).values()
    assert f"mixes {scripts} letters" in sentence
    assert sentence.isascii() or "\\u" in sentence, "what tells it apart"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lovelace", "Ad\u0430 Lovelace"),  # Cyrillic
        ("Capa", "\u0421\u0430\u0440\u0430"),
        ("Nina", "Ni\u0578a"),  # Armenian
        ("Ek, Bo", "Ek, B\u03bf"),  # Greek
        ("Ada", "\uff21\uff44\uff41"),  # full width
        ("fiona", "\ufb01ona"),  # a ligature
        ("Ada", "\U0001d400\U0001d41d\U0001d41a"),  # mathematical
        ("Al Gore", "AI Gore"),
        ("s100", "sl00"),
        ("Marna", "Mama"),
        ("José", "Jose\u0301"),  # composed or not
        ("Ada Ek", "Ada\u00a0Ek"),  # another blank
        ("O'Hara", "O\u2019Hara"),
        ("Anne-Lise", "Anne\u2010Lise"),
        ("一郎", "\u30fc郎"),  # a Han one, a Katakana mark
    ],
)
def test_two_students_whose_names_look_alike_are_marked(one: str, other: str) -> None:
    found = marked(one, other, "Bo")
    assert set(found) == {"0", "1"}
    assert all("looks like another student" in sentence for sentence in found.values())


def test_an_id_that_looks_like_another_s_name_is_marked() -> None:
    found = look_alike([Student("7", "Ada Lovelace"), Student("Ada L\u043evelace")])
    assert set(found) == {"7", "Ada L\u043evelace"}
    assert '"Ada L\u043evelace" (Ada L\\u043evelace)' in found["7"]


def test_namesakes_and_a_student_s_own_id_are_not_marked() -> None:
    assert marked("Kim Min-jun", "Kim Min-jun") == {}
    assert look_alike([Student("Al", "AI"), Student("", ""), Student(" ", "")]) == {}


def test_differences_that_are_seen_are_none() -> None:
    assert marked("Ada", "ada", "Adá", "Adam", "Ana", "Ada L") == {}


@given(st.lists(st.text(max_size=12), max_size=6))
@examples(200)
def test_any_names_are_read_and_sentences_can_be_shown(names: list[str]) -> None:
    found = marked(*names)
    assert set(found) <= {str(n) for n in range(len(names))}
    assert all(sentence.isprintable() for sentence in found.values())


def test_a_large_class_takes_no_time() -> None:
    names = [f"Студент{n} Ёжик" for n in range(3000)]
    started = time.process_time()
    assert marked(*names) == {}
    assert time.process_time() - started < 5
