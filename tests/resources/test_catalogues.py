"""The catalogues say every sentence in Russian and Kazakh, with the same placeholders, in letters that our font has."""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.basics.language import CODES, MINUS, THOUSANDS, UNKNOWN
from sandyq.basics.text import N_
from sandyq.reports.glyphs import covered
from sandyq_resources.catalogues import language

PROJECT = Path(__file__).resolve().parents[2]
TRANSLATED = ("ru", "kk")
FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")

# The binding words of the design's glossary: English, Russian, Kazakh.
GLOSSARY = (
    ("Breach", "нарушен", "бұзылды"),
    ("Soft breach", "нарушен мягкий", "жұмсағы бұзылды"),
    ("OK", "в норме", "қалыпты"),
    ("Unknown", "неизвестно", "белгісіз"),
    ("Not applicable", "не применимо", "қолданылмайды"),
    ("Upcoming", "предстоит", "алда"),
    ("Warning", "предупреждение", "ескерту"),
    ("Hard limit", "жёсткий лимит", "қатаң лимит"),
    ("Soft limit", "мягкий лимит", "жұмсақ лимит"),
    ("Limit in force", "действующий лимит", "қолданыстағы лимит"),
    ("Headroom", "запас", "қор"),
    ("Excess", "превышение", "асып кету"),
    ("Denominator", "знаменатель", "бөлгіш"),
    ("Clause", "пункт", "тармақ"),
    ("Cure period", "срок устранения", "жою мерзімі"),
    ("Look-through exposure", "сквозная экспозиция", "астарлы экспозиция"),
    ("Net invested", "чистые вложения", "таза салым"),
    ("Market value", "рыночная стоимость", "нарықтық құны"),
    ("Cost", "себестоимость", "өзіндік құны"),
    ("Coins per share", "монет на бумагу", "бір қағаздағы монета"),
    ("Coin custodian", "хранитель монет", "монета сақтаушысы"),
    ("Sponsor group", "группа спонсора", "демеуші тобы"),
    ("Issuer", "эмитент", "эмитент"),
    ("Entry gate", "условия входа", "кіру шарттары"),
    ("As of", "на дату", "күнгі жағдай"),
    ("Known at", "известно на", "белгілі болған сәті"),
    ("Finding", "замечание", "ескертпе"),
    ("Refused", "отклонено", "қабылданбады"),
    ("Trade date", "дата сделки", "мәміле күні"),
    ("Official rate", "официальный курс", "ресми бағам"),
    ("Drawdown", "просадка", "құлдырау"),
    ("Daily limit sheet", "суточный лист лимитов", "тәуліктік лимит парағы"),
    ("bd", "р. д.", "ж. к."),
)


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue_script", PROJECT / "packaging" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


script = _script()


@pytest.fixture(scope="module")
def said() -> dict[str, list[str]]:
    return script.sentences()


@pytest.fixture(scope="module", params=TRANSLATED)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def known(code: str) -> dict[str, str]:
    return script.translations(script.read_catalogue(code))


def test_the_template_has_exactly_the_sentences_of_the_sources(said: dict[str, list[str]]) -> None:
    written = (script.LOCALE / "sandyq.pot").read_text(encoding="utf-8")
    assert len(said) > 900
    assert written == script.po_text(script.template(), ""), "run packaging/catalogues.py extract"


def test_every_sentence_is_translated(code: str, said: dict[str, list[str]], known: dict[str, str]) -> None:
    missing = [sentence for sentence in said if sentence not in known]
    assert len(missing) == 0, f"{code}: {len(missing)} untranslated, first {missing[:3]}"


def test_no_translation_waits_for_a_review(code: str) -> None:
    assert [m.id for m in script.read_catalogue(code) if m.id and m.fuzzy] == []


def test_a_translation_has_the_placeholders_of_its_sentence(code: str, known: dict[str, str]) -> None:
    wrong = [s for s, t in known.items() if script.placeholders(s) != script.placeholders(t)]
    assert wrong == []


def test_every_translation_can_be_said_with_values(code: str, known: dict[str, str]) -> None:
    speaking = language(code)
    for sentence in known:
        names = script.placeholders(sentence)
        text = speaking.say(N_(sentence, **{name: f"‹{name}›" for name in names}))
        assert all(f"‹{name}›" in text for name in names)


def test_a_translation_keeps_the_line_breaks_of_a_heading(code: str, known: dict[str, str]) -> None:
    wrong = [s for s, t in known.items() if s.count("\n") != t.count("\n")]
    assert wrong == []


def test_a_sentence_stays_a_sentence(code: str, known: dict[str, str]) -> None:
    wrong = [s for s, t in known.items() if s.endswith(".") and len(s.split()) > 1 and not t.endswith((".", "}"))]
    assert wrong == []


def test_the_compiled_catalogue_says_what_the_written_one_says(code: str, known: dict[str, str]) -> None:
    assert script.mo_path(code).read_bytes() == script.compiled(script.read_catalogue(code), code)
    assert dict(language(code).catalogue) == known


def test_writing_a_catalogue_twice_gives_the_same_bytes(code: str) -> None:
    first = script.po_text(script.read_catalogue(code), code)
    assert first == script.po_text(script.read_catalogue(code), code)
    assert first == script.po_path(code).read_text(encoding="utf-8")
    assert "Date:" not in first


def test_every_letter_of_the_catalogues_is_in_our_fonts(code: str, known: dict[str, str]) -> None:
    letters = set("".join([*known, *known.values()])) - {"\n"}
    for font in FONTS:
        strange = sorted(letter for letter in letters if ord(letter) not in covered(font))
        assert strange == [], f"{font} has no {strange}"


@pytest.mark.parametrize(("english", "russian"), [(english, russian) for english, russian, _ in GLOSSARY])
def test_a_russian_term_keeps_the_words_of_the_glossary(english: str, russian: str) -> None:
    assert language("ru").say(english).lower() == russian


@pytest.mark.parametrize(("english", "kazakh"), [(english, kazakh) for english, _, kazakh in GLOSSARY])
def test_a_kazakh_term_keeps_the_words_of_the_glossary(english: str, kazakh: str) -> None:
    assert language("kk").say(english).lower() == kazakh


def test_the_tone_is_calm(code: str, known: dict[str, str]) -> None:
    loud = [t for t in known.values() if "!" in t or re.search("пожалуйста|успешно|удалить|өтінемін|сәтті", t.lower())]
    assert loud == []


def test_russian_writes_the_letter_yo() -> None:
    without = re.compile(r"жестк|расчет|учет|отчет|счет[уы]?$|заем$|объем|темн|четырем|трех|чье")
    said = " ".join(script.translations(script.read_catalogue("ru")).values()).lower()
    assert sorted({word for word in re.findall("[а-яё]+", said) if without.search(word)}) == []
    assert "жёсткий" in said
    assert "расчёт" in said


def test_the_extractor_finds_joined_literals_and_both_branches() -> None:
    source = 'self.say("a " "b")\nN_("c" if x else "d", n=1)\nother("e")\nsay(f)\nBatch("two_words", actor)\nsay("")\n'
    assert sorted(script.in_code(source)) == ["a b", "c", "d", "two words"]


def test_a_changed_placeholder_is_a_fault() -> None:
    assert script.placeholders("{a} of {b:.2f} {{c}}") == {"a", "b:.2f"}
    assert script.placeholders("{a}") != script.placeholders("{b}")


# ---- numbers and dates


@pytest.mark.parametrize("code", CODES)
@given(number=st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**15, max_value=10**15, places=6))
def test_a_number_said_can_be_read_back_exactly(code: str, number: Decimal) -> None:
    said = language(code).number(number)
    mark = "." if code == "en" else ","
    assert set(said) <= set("0123456789" + MINUS + THOUSANDS + mark)
    assert Decimal(said.replace(THOUSANDS, "").replace(MINUS, "-").replace(mark, ".")) == number


@pytest.mark.parametrize("code", CODES)
@given(day=st.dates(min_value=date(1901, 1, 1), max_value=date(2100, 12, 31)))
def test_a_day_said_can_be_read_back(code: str, day: date) -> None:
    assert datetime.strptime(language(code).date(day), "%d.%m.%Y").date() == day


@pytest.mark.parametrize(("code", "said"), [
    ("en", "−1\u202f234\u202f567.50"), ("ru", "−1\u202f234\u202f567,50"), ("kk", "−1\u202f234\u202f567,50"),
])
def test_a_number_is_written_as_the_language_writes_it(code: str, said: str) -> None:
    assert language(code).number(Decimal("-1234567.5"), 2) == said
    assert language(code).number(None) == UNKNOWN
    assert language(code).date(None) == UNKNOWN


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no language"):
        language("fr")
