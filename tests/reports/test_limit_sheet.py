"""The daily limit sheet on paper: one page, three languages, the same bytes twice, everything on it that must be."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sandyq.basics.language import Language
from sandyq.limits.result import LimitsRun, State
from sandyq.reports.glyphs import covered
from sandyq.reports.kinds import REPORTS
from sandyq.reports.page import page
from sandyq.reports.sheet import SheetData
from sandyq.reports.writers import pdf

Maker = Callable[[str], SheetData]
LANGUAGES = ("en", "ru", "kk")

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not on this machine")


def words_of(content: bytes, folder: Path) -> str:
    (folder / "sheet.pdf").write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(folder / "sheet.pdf"), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", content))


def typeset(data: SheetData) -> bytes:
    return pdf.write("sheet", page(data), data.known_at)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_same_data_gives_the_same_bytes(sheet: Maker, code: str) -> None:
    first, second = REPORTS[0].issue(sheet(code)), REPORTS[0].issue(sheet(code))
    assert [(d.name, d.sha256) for d in first] == [(d.name, d.sha256) for d in second]
    assert [d.name.rpartition(".")[2] for d in first] == ["pdf", "xlsx", "csv", "csv"]


def test_other_data_gives_other_bytes(english: SheetData) -> None:
    later = replace(english, known_at=english.known_at + timedelta(seconds=1))
    assert typeset(later) != typeset(english)


@pytest.mark.parametrize("code", LANGUAGES)
def test_thirty_three_limits_fit_on_one_page(sheet: Maker, code: str) -> None:
    assert pages(typeset(sheet(code))) == 1


@pytest.mark.parametrize("state", [State.BREACH, State.UNKNOWN])
def test_one_page_is_enough_when_every_limit_waits_for_an_answer(sheet: Maker, state: State) -> None:
    data = sheet("ru")
    model = data.run.by_id("L02" if state is State.BREACH else "L21")
    assert model is not None and model.worst is not None
    worst = replace(model.worst, state=state)
    results = tuple(replace(result, state=state, worst=worst) for result in data.run.results)
    assert pages(typeset(replace(data, run=LimitsRun(data.as_of, "v3", results)))) == 1


def test_more_limits_than_a_page_holds_go_on_to_a_second_page(english: SheetData) -> None:
    twice = replace(english, run=replace(english.run, results=english.run.results * 2))
    assert pages(typeset(twice)) == 2


def test_a_sheet_without_charts_and_with_unknown_totals_is_still_made(english: SheetData) -> None:
    holdings = replace(english.holdings, market_value_usd=None, market_value_kzt=None, kzt=None, unknown_lines=1)
    bare = replace(english, holdings=holdings, limit_history=None, value_history=None, demo=False,
                   run=replace(english.run, results=english.run.results[:1]))
    made = page(bare)
    assert made["charts"] == []
    assert made["figures"][0][1] == "\u2014"  # type: ignore[index]
    assert pages(typeset(bare)) == 1


@needs_poppler
@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_says_head_demo_draft_and_every_limit(sheet: Maker, code: str, tmp_path: Path) -> None:
    data = sheet(code)
    text = words_of(typeset(data), tmp_path)
    assert data.chain_head in text
    assert text.count("DEMO") >= 2
    assert data.language.say("DRAFT") in text
    assert data.language.say("Daily limit sheet") in text
    missing = [result.limit.id for result in data.run.results if result.limit.id not in text]
    assert not missing
    assert "06.10.2025 04:12 UTC" in text and "06.10.2025 03:52 UTC" in text
    assert "\ufffd" not in text


@needs_poppler
def test_a_final_sheet_of_a_real_book_bears_no_demo_mark(english: SheetData, tmp_path: Path) -> None:
    text = words_of(typeset(replace(english, demo=False, final=True, checked_by="Risk 1")), tmp_path)
    assert "DEMO" not in text and "DRAFT" not in text
    assert "FINAL" in text and "Checked: Risk 1" in text


@needs_poppler
def test_numbers_follow_the_language(sheet: Maker, tmp_path: Path) -> None:
    english, russian = (words_of(typeset(sheet(code)), tmp_path) for code in ("en", "ru"))
    assert "300.384" in english and "0.523" in english
    assert "300,384" in russian and "0,523" in russian and "300.384" not in russian


@needs_poppler
def test_no_title_is_clipped_in_any_language(sheet: Maker, tmp_path: Path) -> None:
    for code in LANGUAGES:
        data = sheet(code)
        text = words_of(typeset(data), tmp_path)
        assert "\u2026" not in text, code


@pytest.mark.parametrize("weight", ["Regular", "Medium", "SemiBold"])
def test_the_fonts_have_every_letter_that_the_sheet_prints(weight: str) -> None:
    letters = "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁёЪъЫыЭэ" + "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЬЮЯ" + "₸−—–≤≥±×→·№…\u00a0\u202f0123456789.,%"
    known = covered(f"Inter-{weight}.otf")
    assert [letter for letter in letters if ord(letter) not in known] == []
    assert not known & {ord("▸"), ord("日")}


@needs_poppler
def test_a_letter_that_the_font_lacks_is_printed_as_its_code(english: SheetData, tmp_path: Path) -> None:
    text = words_of(typeset(replace(english, book="\u65e5 book\t\u0493")), tmp_path)
    assert "[U+65E5] book ғ" in text


@needs_poppler
@pytest.mark.parametrize("code", LANGUAGES)
def test_only_our_fonts_are_in_the_file_and_all_are_embedded(sheet: Maker, code: str, tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(typeset(sheet(code)))
    done = subprocess.run(["pdffonts", str(tmp_path / "sheet.pdf")], capture_output=True, check=True, text=True)
    rows = [line for line in done.stdout.splitlines()[2:] if line]
    assert rows
    assert all(re.match(r"\w{6}\+(Inter|NotoSansMono)-", row) for row in rows)
    assert all(row.split()[-5] == "yes" for row in rows)


def test_the_file_calls_itself_pdf_a_and_its_date_is_the_datas(english: SheetData) -> None:
    content = typeset(english)
    assert b"<pdfaid:part>2</pdfaid:part>" in content and b"<pdfaid:conformance>B</pdfaid:conformance>" in content
    assert b"D:20251006041200" in content


def test_a_moment_without_a_zone_is_taken_as_utc(english: SheetData) -> None:
    naive = replace(english, known_at=english.known_at.replace(tzinfo=None))
    assert [d.sha256 for d in REPORTS[0].issue(naive)] == [d.sha256 for d in REPORTS[0].issue(english)]


def test_every_kind_and_every_writer_is_listed() -> None:
    from sandyq.reports import kinds, writers

    for package, listed in ((kinds, {report.issue.__module__ for report in kinds.REPORTS}),
                            (writers, {writer.__name__ for writer in writers.WRITERS})):
        files = {f"{package.__name__}.{file.stem}" for file in Path(package.__path__[0]).glob("*.py")
                 if file.stem != "__init__"}
        assert files == listed


def test_templates_are_said_in_the_language_of_the_sheet(sheet: Maker) -> None:
    words = {row["word"] for row in page(sheet("kk"))["rows"]}  # type: ignore[attr-defined]
    assert words == {"Қалыпты", "Ескерту", "Жұмсағы бұзылды", "Бұзылды", "Белгісіз", "Қолданылмайды", "Алда"}
    assert page(replace(sheet("kk"), language=Language("en")))["title"] == "Daily limit sheet"
