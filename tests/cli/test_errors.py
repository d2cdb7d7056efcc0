"""What goes wrong is said in words with a code and an exit code, never as a traceback."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from driving import copied, digest, made, run, run_json, written

QUESTIONS = [("holdings",), ("exposure",), ("limits",), ("verify",), ("journal",), ("explain", "limits/L02/value"),
             ("check", "--order", "buy 1 IBIT @ 50"), ("report",), ("import", __file__),
             ("rollback", "3", "--reason", "x")]


def words(command: tuple[str, ...], book: Path) -> list[object]:
    return [command[0], book, *command[1:]]


def in_words(output: str) -> bool:
    return bool(output.strip()) and "Traceback" not in output and "fault of its own" not in output


@pytest.mark.parametrize("command", QUESTIONS, ids=lambda command: command[0])
def test_a_missing_book_is_said_in_words(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(*words(command, tmp_path / "none.sandyq"))
    assert (result.exit_code, in_words(result.output)) == (1, True)
    assert not (tmp_path / "none.sandyq").exists()


@pytest.mark.parametrize("content", [b"", b"not a book at all\n" * 400, b"SQLite format 3\x00" + bytes(5000),
                                     b"%PDF-1.7\n" * 999], ids=["empty", "text", "half", "pdf"])
@pytest.mark.parametrize("command", QUESTIONS, ids=lambda command: command[0])
def test_a_file_that_is_no_book_is_said_in_words_and_left_alone(tmp_path: Path, command: tuple[str, ...],
                                                                content: bytes) -> None:
    file = tmp_path / "x.sandyq"
    file.write_bytes(content)
    result = run(*words(command, file))
    assert result.exit_code in {1, 4}
    assert in_words(result.output)
    assert file.read_bytes() == content


def test_a_database_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.sandyq"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE notes (text)")
    other.commit()
    other.close()
    before = digest(file)
    for command in QUESTIONS:
        result = run(*words(command, file))
        assert result.exit_code in {1, 4}
        assert in_words(result.output)
    assert digest(file) == before


@pytest.mark.parametrize("order", ["", "buy", "buy x IBIT @ 1", "buy 1 IBIT", "buy 0 IBIT @ 5", "buy 1 IBIT @ 0",
                                   "hold 1 IBIT @ 5", "buy -1 IBIT @ 5", "buy 1e5 IBIT @ 5", "buy 1 IBIT @ NaN",
                                   "buy 1 IBIT @ 5; sell 1 IBIT @ 5", "buy 1 ' OR 1=1 @ 5", "buy ١ IBIT @ 5",
                                   f"buy {'9' * 40} IBIT @ 5", f"buy 1 IBIT @ 0.{'1' * 40}"])
def test_a_text_that_is_no_order_is_said_in_words(demo: Path, order: str) -> None:
    result = run("check", demo, "--order", order)
    assert (result.exit_code, in_words(result.output)) == (1, True)
    assert "[bad-order]" in result.stderr
    assert run_json("check", demo, "--order", order, exits=(1,))["error"]["code"] == "bad-order"


def test_the_largest_order_that_can_be_typed_is_answered(demo: Path) -> None:
    order = f"buy {'9' * 15} IBIT @ {'9' * 15}.{'9' * 12} fee {'9' * 15}"
    assert run_json("check", demo, "--order", order, exits=(3,))["verdict"] == "refused"


@pytest.mark.parametrize("figure", ["", "x", "holdings", "holdings/", "holdings/NONE/market_value_usd",
                                    "holdings/IBIT/none", "limits/L99/value", "limits//", "totals/", "totals/none",
                                    "exposure/IBIT/none", "exposure/NONE/exposure_usd", "/", "//", "limits/L02/none"])
def test_an_unknown_figure_is_said_in_words(demo: Path, figure: str) -> None:
    result = run("explain", demo, figure)
    assert (result.exit_code, in_words(result.output)) == (1, True)
    assert "[no-figure]" in result.stderr or "[figure-unknown]" in result.stderr


@pytest.mark.parametrize("arguments", [
    ("holdings",), ("none",), ("holdings", "b", "--as-of", "yesterday"), ("holdings", "b", "--known-at", "soon"),
    ("holdings", "b", "--as-of", "2025-02-30"), ("holdings", "b", "--basis", "x"), ("check", "b"), ("import", "b"),
    ("new", "b"), ("rollback", "b", "3"), ("rollback", "b", "x", "--reason", "y"),
    ("holdings", "b", "--language", "de"),
])
def test_wrong_use_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, in_words(result.output)) == (2, True)


def test_wrong_files_stop_an_import_before_anything_is_booked(demo: Path, tmp_path: Path) -> None:
    book = copied(demo, tmp_path / "b.sandyq")
    good = written(tmp_path / "good.csv", "date,symbol,close,currency\n2026-11-02,IBIT,50,USD\n")
    head = run_json("verify", book)["head"]
    picture = tmp_path / "picture.csv"
    picture.write_bytes(bytes(range(256)) * 40)
    for bad in (tmp_path / "none.csv", tmp_path, picture, written(tmp_path / "empty.csv", ""),
                written(tmp_path / "other.csv", "a,b\n1,2\n")):
        result = run("import", book, good, bad)
        assert result.exit_code == 1, bad
        assert in_words(result.output)
        assert run_json("verify", book)["head"] == head


@pytest.mark.parametrize("mandate", ["none.toml", "x = [", "", "[mandate]\nname = 3\n", "\x00"])
def test_a_wrong_mandate_leaves_no_book_behind(tmp_path: Path, mandate: str) -> None:
    file = tmp_path / "m.toml" if mandate != "none.toml" else tmp_path / "none.toml"
    if mandate != "none.toml":
        file.write_text(mandate)
    result = run("new", tmp_path / "b.sandyq", "--mandate", file)
    assert (result.exit_code, in_words(result.output)) == (1, True)
    assert not (tmp_path / "b.sandyq").exists()


def test_a_book_is_never_made_over_another(demo: Path, tmp_path: Path) -> None:
    book = copied(demo, tmp_path / "b.sandyq")
    before = digest(book)
    assert run("new", book, "--mandate", "example").exit_code == 1
    assert digest(book) == before


@pytest.mark.parametrize(("arguments", "code"), [(("rollback", 999, "--reason", "x"), "not-a-batch"),
                                                 (("rollback", 1, "--reason", "x"), "not-a-batch"),
                                                 (("rollback", 5, "--reason", " "), "no-reason"),
                                                 (("report", "none"), ""),
                                                 (("import", __file__, "--mapping", "none"), "")])
def test_impossible_requests_are_refused_in_words(demo: Path, tmp_path: Path, arguments: tuple[object, ...],
                                                  code: str) -> None:
    book = copied(demo, tmp_path / "b.sandyq")
    result = run(arguments[0], book, *arguments[1:])
    assert (result.exit_code, in_words(result.output)) == (1, True)
    assert code in result.stderr


@pytest.mark.parametrize(("day", "exits"), [("0001-01-01", {2}), ("1999-12-31", {0, 1, 3}), ("2150-12-31", {0, 1, 3}),
                                            ("9999-12-31", {2})])
@pytest.mark.parametrize("command", ["holdings", "exposure", "limits"])
def test_days_far_outside_the_book_are_answered_or_refused_in_words(demo: Path, command: str, day: str,
                                                                    exits: set[int]) -> None:
    result = run(command, demo, "--as-of", day)
    assert result.exit_code in exits
    assert in_words(result.output)


def test_before_any_knowledge_a_question_is_answered_in_words(demo: Path) -> None:
    for command in ("holdings", "exposure", "limits"):
        result = run(command, demo, "--known-at", "2001-01-01")
        assert result.exit_code in {0, 1}
        assert in_words(result.output)


def test_a_new_book_in_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    result = run("new", tmp_path / "none" / "b.sandyq", "--mandate", "example")
    assert (result.exit_code, in_words(result.output)) == (1, True)


def test_errors_speak_the_language(tmp_path: Path) -> None:
    said = {code: run("holdings", tmp_path / "x.sandyq", language=code).stderr for code in ("kk", "ru", "en")}
    assert len(set(said.values())) == 3


def test_a_new_book_can_be_asked_at_once(tmp_path: Path) -> None:
    assert run("holdings", made(tmp_path / "b.sandyq")).exit_code == 0
