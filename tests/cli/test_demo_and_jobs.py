"""The demo as README has it, and the jobs J1, J2, J4 and J5 of the users in their number of commands."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from driving import copied, digest, run, run_json, written


def sandyq(*words: object, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as a person does."""
    return subprocess.run([sys.executable, "-m", "sandyq.cli", *map(str, words)], capture_output=True, text=True,
                          encoding="utf-8", timeout=60, env={**os.environ, "PYTHONHASHSEED": seed}, check=False)


def test_the_demo_ends_in_time_and_leaves_a_sheet_in_three_languages(tmp_path: Path) -> None:
    start = time.monotonic()
    done = sandyq("demo", tmp_path / "d", "--no-window")
    assert time.monotonic() - start < 60
    assert (done.returncode, done.stderr) == (0, "")
    assert "chain holds" in done.stdout
    files = sorted((tmp_path / "d" / "reports").iterdir())
    assert {(f.suffix, f.stem[-2:]) for f in files} == {
        (suffix, language) for suffix in (".pdf", ".xlsx", ".csv") for language in ("kk", "ru", "en")}
    assert all(f.read_bytes()[:5] == b"%PDF-" for f in files if f.suffix == ".pdf")
    assert all(f.read_bytes()[:2] == b"PK" for f in files if f.suffix == ".xlsx")


def test_the_same_book_gives_the_same_bytes_again_and_in_another_process(demo: Path, tmp_path: Path) -> None:
    first = {Path(f["path"]).name: f["sha256"] for f in run_json("report", demo, "--out", tmp_path / "1")["files"]}
    second = {Path(f["path"]).name: f["sha256"] for f in run_json("report", demo, "--out", tmp_path / "2")["files"]}
    assert first == second
    other = sandyq("report", demo, "--out", tmp_path / "3", seed="4711")
    assert other.returncode == 0, other.stderr
    assert {f.name: digest(f) for f in (tmp_path / "3").iterdir()} == first


def test_a_second_demo_in_the_same_folder_is_answered_in_words(demo: Path) -> None:
    before = digest(demo)
    result = run("demo", demo.parent, "--no-window")
    assert result.exit_code in {0, 1}
    assert "Traceback" not in result.output
    if result.exit_code == 1:
        assert digest(demo) == before


def test_j1_how_much_is_used_and_what_would_breach_first(tmp_path: Path) -> None:
    """One command of three: the demo prints net invested, market value and look-through beside their caps."""
    answer = run_json("demo", tmp_path / "d", "--no-window")
    found = {item["id"]: item for item in answer["limits"]["limits"]}
    assert all(found[name]["value"] is not None and found[name]["utilisation"] for name in ("L01", "L02", "L04"))
    near = [item for item in found.values() if item["headroom"]["coin_move"] is not None]
    assert near
    nearest = min(near, key=lambda item: abs(item["headroom"]["coin_move"]))
    assert nearest["headroom"]["usd"] is not None


def test_j2_yesterdays_files_are_seen_before_they_are_booked(demo: Path, tmp_path: Path) -> None:
    """Two commands of four: the preview names the outlier and the missing fund; nothing is booked before accepting."""
    book = copied(demo, tmp_path / "b.sandyq")
    held = [line["symbol"] for line in run_json("holdings", book)["lines"]]
    closes = {line["symbol"]: line["price"] for line in run_json("holdings", book)["lines"]}
    rows = [f"2026-11-02,{symbol},{closes[symbol]},USD,T" for symbol in held if symbol not in {"FBTC", "IBIT"}]
    prices = written(tmp_path / "prices.csv", "date,symbol,close,currency,basis\n" + "\n".join(
        [*rows, f"2026-11-02,IBIT,{Decimal(closes['IBIT']) * 10},USD,T"]) + "\n")
    fixings = written(tmp_path / "fx.csv", "date,base,quote,rate,source\n2026-11-02,USD,KZT,541.5,NBK\n")
    before = digest(book)
    dry = run_json("import", book, prices, fixings, "--dry-run")["batches"]
    assert digest(book) == before
    named = {(f["code"], f["subject"]) for f in dry[0]["findings"]}
    assert named == {("price-jump", "IBIT"), ("holding-without-price", "FBTC")}
    done = run_json("import", book, prices, fixings)["batches"]
    assert [(b["kind"], b["refused"]) for b in done] == [("prices", 0), ("fx", 0)]
    assert [b["new"] for b in done] == [b["new"] for b in dry] == [len(held) - 1, 1]
    ages = {line["symbol"]: line["price_age_days"] for line in run_json("holdings", book)["lines"]}
    assert ages["FBTC"] == 1  # the missing fund shows its age
    assert ages["IBIT"] == 0


def test_j4_why_is_this_that_many_millions(demo: Path) -> None:
    """One command: quantity × price with lots, price row, file, line, time, who."""
    tree = run_json("explain", demo, "holdings/FBTC/market_value_usd")
    leaves = list(leaves_of(tree))
    quantity = next(p for p in tree["parts"] if p["key"].endswith("/quantity"))
    price = next(p for p in tree["parts"] if p["key"].endswith("/price"))
    assert Decimal(quantity["value"]) * Decimal(price["value"]) == Decimal(tree["value"])
    assert sum(Decimal(lot["value"]) for lot in quantity["parts"]) == Decimal(quantity["value"])
    sourced = [leaf["source"] for leaf in leaves if leaf["source"]]
    assert {source["file"] for source in sourced} == {"transactions.csv", "prices.csv"}
    assert all(source["line"] > 1 and source["actor"] and source["known_at"] for source in sourced)


def leaves_of(node: dict[str, Any]) -> Any:
    if not node["parts"]:
        yield node
    for part in node["parts"]:
        yield from leaves_of(part)


def test_j5_may_i_buy_this_and_if_not_how_much(demo: Path) -> None:
    """One command of three: the verdict, every limit that moves before and after, the largest order and its limit."""
    answer = run_json("check", demo, "--as-of", "2026-09-08", "--order", "buy 500000 IBIT @ 51", exits=(0, 3, 6))
    assert answer["verdict"] in {"pass", "refused", "acknowledge"}
    moved = [item for item in answer["limits"] if item["moved"]]
    assert {"L01", "L02", "L04"} <= {item["id"] for item in moved}
    net = next(item for item in moved if item["id"] == "L01")
    assert Decimal(net["after"]) - Decimal(net["before"]) == Decimal(500_000) * 51
    assert answer["largest"]["binding"]
    assert 0 < int(answer["largest"]["quantity"]) < 500_000 or answer["verdict"] == "pass"


def test_the_demo_has_runs_followed_breaches_and_a_day_of_the_gate_and_its_notes_are_true(demo: Path) -> None:
    assert [run["day"] for run in run_json("limit-runs", demo)["runs"]] == ["2026-09-08", "2026-10-30"]
    history = run_json("limit-history", demo, "L02", "--from", "2026-08-01")
    closed, lasting = history["breaches"]
    assert (closed["reference"], closed["ended"]) == ("L02.2026-08-19", "2026-09-08")
    assert (lasting["reference"], lasting["ended"]) == ("L02.2026-10-26", None)
    traded = [one["day"] for one in history["trades_usd"]]
    for one in (closed, lasting):
        found = run_json("breaches", demo, "--reference", one["reference"])["breaches"][0]
        assert found["confirmed"] and {step["by"] for step in found["steps"]} <= {found["steps"][0]["by"]}
        assert all(step["note"].startswith("Demo: ") for step in found["steps"])
        moved = {part["cause"] for part in found["split"]["parts"] if Decimal(part["part"])}
        assert moved == {"prices"}, "the note says prices alone"
        assert not [day for day in traded if one["first"] <= day <= one["last"]], "the note says nothing was bought"
    assert found["step"] == "assigned" and found["owner"] == "Manager 1"
    assert run_json("gate-days", demo)["days"][0]["day"] == "2026-10-30"


def test_the_bridge_sums_to_the_change_of_value_and_its_result_is_the_gain_of_performance(demo: Path) -> None:
    for first, last in (("2024-06-03", "2026-10-30"), ("2025-10-30", "2026-10-30"), ("2024-07-31", "2024-08-30")):
        found = run_json("bridge", demo, "--from", first, "--as-of", last)
        begin, end = Decimal(found["begin_value_usd"]), Decimal(found["end_value_usd"])
        assert begin + sum(Decimal(step["amount_usd"]) for step in found["steps"]) == end
        assert Decimal(found["result_usd"]) == sum(map(Decimal, found["result"].values()))
        gain = run_json("performance", demo, "--from", first, "--as-of", last)["gain_usd"]
        assert abs(Decimal(found["result_usd"]) - Decimal(gain)) < Decimal("0.01")
