"""Every command with ``--json``: the keys of interface.md, amounts as strings, dates ISO, ratios plain numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from driving import copied, made, run, run_json, written

LINE = {"symbol", "instrument", "kind", "quantity", "price", "price_currency", "price_date", "price_age_days",
        "market_value_usd", "market_value_kzt", "cost_usd", "unrealised_usd", "realised_usd", "income_usd", "lots",
        "findings"}
EXPOSURE = {"symbol", "rung", "method", "coins", "exposure_usd", "premium", "mnav", "beta", "basis_date"}
LIMIT = {"id", "version", "title", "clause", "measure", "group", "value", "unit", "warn", "soft", "hard",
         "utilisation", "state", "headroom", "findings", "trace"}
STATES = {"ok", "warning", "soft_breach", "breach", "unknown", "not_applicable", "upcoming"}
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def numbers_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with the last named key above it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from numbers_of(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_of(part, path)
    else:
        yield path, value


@pytest.mark.parametrize("command", ["holdings", "exposure", "limits"])
def test_amounts_are_strings_and_dates_are_iso(demo: Path, command: str) -> None:
    leaves = list(numbers_of(run_json(command, demo, exits=(0, 3))))
    amounts = [(key, v) for key, v in leaves if key.endswith(("_usd", "_kzt")) or key in {"quantity", "price"}]
    assert amounts
    assert [item for item in amounts if item[1] is not None and not DECIMAL.fullmatch(str(item[1]))] == []
    assert all(isinstance(v, str | None) for _, v in amounts)
    days = [v for key, v in leaves if key.endswith("_date") or key == "as_of"]
    assert days and all(v is None or ISO.fullmatch(v) for v in days)


def test_holdings(demo: Path) -> None:
    answer = run_json("holdings", demo)
    assert {"as_of", "known_at", "lines", "cash", "totals", "fx"} <= set(answer)
    assert all(set(line) >= LINE for line in answer["lines"])
    assert {"market_value_usd", "market_value_kzt", "net_invested_usd"} <= set(answer["totals"])
    values = [Decimal(line["market_value_usd"]) for line in answer["lines"] if line["market_value_usd"]]
    assert abs(sum(values) - Decimal(answer["totals"]["market_value_usd"])) <= Decimal(len(values)) / 200
    for line in answer["lines"]:
        assert sum(Decimal(lot["quantity"]) for lot in line["lots"]) == Decimal(line["quantity"])


@pytest.mark.parametrize("method", ["fifo", "average", "specific"])
@pytest.mark.parametrize("basis", ["trade", "settlement"])
def test_holdings_by_cost_method_and_basis(demo: Path, method: str, basis: str) -> None:
    answer = run_json("holdings", demo, "--cost-method", method, "--basis", basis)
    assert (answer["cost_method"], answer["basis"]) == (method, basis)
    assert answer["totals"]["net_invested_usd"]


def test_exposure(demo: Path) -> None:
    answer = run_json("exposure", demo)
    assert {"by_coin", "by_custodian", "coin_equivalent"} <= set(answer["totals"])
    for line in answer["lines"]:
        assert set(line) >= EXPOSURE
        assert set(line["exposure_usd"]) == {"low", "central", "high"}
        assert all(set(coins) == {"low", "central", "high"} for coins in line["coins"].values())
        low, central, high = (Decimal(line["exposure_usd"][k]) for k in ("low", "central", "high"))
        assert low <= central <= high
        assert line["beta"] is None or {"value", "se", "r2", "n"} <= set(line["beta"])
        assert line["mnav"] is None or {"simple", "diluted", "ev"} <= set(line["mnav"])


def test_limits(demo: Path) -> None:
    answer = run_json("limits", demo, exits=(0, 3))
    assert len(answer["limits"]) >= 26
    for item in answer["limits"]:
        assert set(item) >= LIMIT
        assert item["state"] in STATES
        assert {"usd", "shares", "coin_move"} <= set(item["headroom"])
        if item["unit"] == "ratio":
            assert isinstance(item["value"], float | None)
    breached = any(item["state"] == "breach" for item in answer["limits"])
    assert run("limits", demo).exit_code == (3 if breached else 0)


def test_check(demo: Path) -> None:
    answer = run_json("check", demo, "--order", "buy 1000 ETHA @ 20", "--as-of", "2026-09-08")
    assert {"verdict", "limits", "largest", "record"} <= set(answer)
    assert set(answer["largest"]) >= {"symbol", "quantity", "binding"}
    for item in answer["limits"]:
        assert {"id", "before", "after", "state_before", "state_after", "excess"} <= set(item)
    assert re.fullmatch(r"[0-9a-f]{64}", answer["record"])


def test_the_largest_order_of_the_demo_passes_and_one_share_more_does_not(demo: Path) -> None:
    order = ("--as-of", "2026-09-08", "--order")
    largest = run_json("check", demo, *order, "buy 10 ETHA @ 20")["largest"]
    count = int(largest["quantity"])
    assert run("check", demo, *order, f"buy {count} ETHA @ 20").exit_code == 0
    more = run_json("check", demo, *order, f"buy {count + 1} ETHA @ 20", exits=(3, 6))
    assert more["verdict"] in {"refused", "acknowledge"}
    assert largest["binding"] in {item["id"] for item in more["limits"] if item["verdict"] != "pass"}


def test_an_acknowledgement_is_exit_code_6(demo: Path) -> None:
    answer = run_json("check", demo, "--as-of", "2025-10-03", "--order", "buy 350000 IBIT @ 60", exits=(0, 3, 6))
    expected = {"pass": 0, "acknowledge": 6, "refused": 3, "unknown": 3}[answer["verdict"]]
    assert run("check", demo, "--as-of", "2025-10-03", "--order", "buy 350000 IBIT @ 60").exit_code == expected


def test_explain(demo: Path) -> None:
    answer = run_json("explain", demo, "holdings/IBIT/market_value_usd")
    assert {"key", "label", "value", "unit", "note", "source", "parts"} <= set(answer)
    line = next(x for x in run_json("holdings", demo)["lines"] if x["symbol"] == "IBIT")
    assert round(Decimal(answer["value"]), 2) == Decimal(line["market_value_usd"])


def test_report_verify_and_journal(demo: Path, tmp_path: Path) -> None:
    files = run_json("report", demo, "limit-sheet", "--out", tmp_path)["files"]
    assert {Path(item["path"]).suffix for item in files} == {".pdf", ".xlsx", ".csv"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", item["sha256"]) for item in files)
    verified = run_json("verify", demo)
    assert (verified["holds"], verified["damages"]) == (True, [])
    entries = run_json("journal", demo)["entries"]
    assert [e["seq"] for e in entries] == list(range(1, verified["entries"] + 1))
    assert entries[-1]["hash"] == verified["head"]


def test_new_and_import(tmp_path: Path) -> None:
    answer = run_json("new", tmp_path / "b.sandyq", "--mandate", "example")
    assert answer["example"] is True and answer["limits"] >= 26
    file = written(tmp_path / "p.csv", "date,symbol,close,currency\n2025-01-02,IBIT,50,USD\n2025-01-03,IBIT,x,USD\n")
    batch = run_json("import", tmp_path / "b.sandyq", file)["batches"][0]
    assert {"file", "kind", "sha256", "read", "new", "superseding", "duplicate", "refused", "findings"} <= set(batch)
    assert (batch["read"], batch["new"], batch["refused"]) == (2, 1, 1)
    finding = next(f for f in batch["findings"] if f["severity"] == "error")
    assert {"severity", "code", "line", "column", "value", "message"} <= set(finding)
    assert finding["line"] == 3


@pytest.mark.parametrize("command", ["holdings", "exposure", "limits", "verify", "journal"])
def test_an_empty_book_answers_every_question(tmp_path: Path, command: str) -> None:
    book = made(tmp_path / "b.sandyq")
    answer = run_json(command, book)
    assert answer


def test_what_was_never_measured_or_recorded_is_said_and_not_left_blank(tmp_path: Path) -> None:
    book = made(tmp_path / "b.sandyq")
    assert run_json("breaches", book)["days_measured"] == 0
    for command, said in (("breaches", "No day was measured"), ("limit-runs", "No run was stored"),
                          ("gate-days", "No day was recorded"), ("orders", "(none)"), ("elections", "(none)")):
        assert said in run(command, book).stdout


def test_a_test_of_the_gate_without_data_is_printed_as_unknown(demo: Path) -> None:
    lines = {line.split()[0]: line.split()[1] for line in run("gate", demo).stdout.splitlines() if line[:1] == "G"}
    assert {lines[name] for name in ("G6", "G7", "G8")} == {"unknown"}
    assert {lines[name] for name in ("G1", "G2", "G3", "G4", "G5")} <= {"pass", "FAIL"}


def test_an_entity_that_no_register_knows_is_answered_with_those_it_knows(demo: Path) -> None:
    refused = run("entity", demo, "Nobody")
    assert refused.exit_code == 1
    assert "Coinbase Custody" in refused.output


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("command", [("holdings",), ("exposure",), ("limits",), ("explain", "limits/L02/value"),
                                     ("check", "--order", "buy 1 IBIT @ 50")])
def test_every_answer_for_reading_speaks_the_language(demo: Path, command: tuple[str, ...], language: str) -> None:
    name, *rest = command
    result = run(name, demo, *rest, language=language)
    assert result.exit_code in {0, 3, 6}
    assert "{" not in result.stdout
    cyrillic = sum("Ѐ" <= sign <= "ӿ" for sign in result.stdout)
    letters = sum(sign.isalpha() for sign in result.stdout)
    assert cyrillic == 0 if language == "en" else cyrillic > letters // 4


def test_kazakh_is_not_russian(demo: Path) -> None:
    assert run("limits", demo, language="kk").stdout != run("limits", demo, language="ru").stdout


def test_a_book_in_use_by_another_writer_is_exit_code_5(demo: Path, tmp_path: Path) -> None:
    from sandyq.workstation.workstation import Workstation

    book = copied(demo, tmp_path / "b.sandyq")
    file = written(tmp_path / "p.csv", "date,symbol,close,currency\n2026-10-30,IBIT,50,USD\n")
    with Workstation.open(book, actor="Analyst 1", write=True):
        result = run("import", book, file)
        assert result.exit_code == 5
        assert "Traceback" not in result.output
        assert run("holdings", book).exit_code == 0
