"""Real market files in, forty bookings, and every figure against a second computation from the bare files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import recomputation as again
from driving import BOOKINGS, copied, digest, made, run, run_json, written

pytestmark = pytest.mark.data

COUNTS = {  # read, new, superseding, refused
    "calendars.csv": (324, 324, 0, 0), "coins_daily.csv": (8789, 8789, 0, 0),
    "company_holdings.csv": (298, 298, 0, 0), "company_purchases.csv": (88, 84, 0, 4),
    "dividends.csv": (72, 71, 0, 1), "fund_flows.csv": (9808, 9808, 0, 0), "fund_holdings.csv": (13, 13, 0, 0),
    "fx_daily.csv": (27529, 27529, 0, 0), "fx_monthly_hmrc.csv": (146, 146, 0, 0),
    "instrument_facts.csv": (63, 63, 0, 0), "instruments.csv": (32, 3, 29, 0), "prices_daily.csv": (26766, 26766, 0, 0),
    "reserves.csv": (4, 4, 0, 0), "splits.csv": (3, 3, 0, 0),
}
DAYS = ["2024-03-28", "2024-06-07", "2024-06-10", "2024-08-07", "2024-08-08", "2024-11-29", "2025-06-13", "2025-06-17",
        "2025-11-28", "2026-03-31"]
"""Sessions before and after each of the three splits, and both ends."""


def cents(value: Fraction) -> str:
    whole = round(value * 100)
    return f"{'-' if whole < 0 else ''}{abs(whole) // 100}.{abs(whole) % 100:02d}"


def near(text: str | float | None, value: Fraction | float) -> bool:
    assert text is not None
    return abs(float(Fraction(str(text))) - float(value)) <= 1e-9 * max(abs(float(value)), 1e-12)


def lines(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["symbol"]: line for line in answer["lines"]}


def test_every_real_file_imports_with_its_true_counts(shared_data: Path, tmp_path: Path) -> None:
    book = made(tmp_path / "b.sandyq")
    files = sorted(shared_data.glob("*.csv"))
    done = run_json("import", book, *files)["batches"]
    assert {b["file"]: (b["read"], b["new"], b["superseding"], b["refused"]) for b in done} == COUNTS
    assert all(b["duplicate"] == 0 and b["read"] == b["new"] + b["superseding"] + b["refused"] for b in done)
    head = run_json("verify", book)
    twice = run_json("import", book, *files)["batches"]
    assert all(b["already_imported"] and (b["new"], b["superseding"]) == (0, 0) for b in twice)
    assert run_json("verify", book)["head"] == head["head"]
    assert head["holds"] is True


@pytest.mark.parametrize("day", DAYS)
def test_holdings_agree_with_the_second_computation_to_the_cent(real_book: Path, shared_data: Path, day: str) -> None:
    answer = run_json("holdings", real_book, "--as-of", day)
    second = again.book(BOOKINGS, day)
    seen = lines(answer)
    assert set(seen) == set(second.held)
    kzt_day, kzt = again.tenge(shared_data, day)
    assert answer["fx"]["USD/KZT"]["date"] == kzt_day
    for symbol, held in second.held.items():
        line = seen[symbol]
        assert Fraction(line["quantity"]) == held.quantity
        figures = {"cost_usd": held.cost, "realised_usd": held.realised, "income_usd": held.income,
                   "withholding_usd": held.withheld, "fees_usd": held.fees, "taxes_usd": held.taxes}
        assert {name: line[name] for name in figures} == {name: cents(value) for name, value in figures.items()}, symbol
        if symbol in again.NO_PRICE:
            assert (line["market_value_usd"], line["market_value_kzt"], line["unrealised_usd"]) == (None, None, None)
            continue
        price_day, close = again.price(shared_data, symbol, day)
        value = held.quantity * close
        assert (line["price_date"], Fraction(line["price"])) == (price_day, close)
        assert line["market_value_usd"] == cents(value)
        assert line["market_value_kzt"] == cents(value * kzt)
        assert line["unrealised_usd"] == cents(value - held.cost)
    totals = answer["totals"]
    assert totals["net_invested_usd"] == cents(second.net_invested)
    assert totals["cost_usd"] == cents(sum((h.cost for h in second.held.values()), Fraction(0)))
    assert totals["fees_usd"] == cents(sum((h.fees for h in second.held.values()), second.fees))
    assert totals["market_value_usd"] is None
    assert totals["unknown_lines"] == len(again.NO_PRICE & {s for s, h in second.held.items() if h.quantity})
    assert {c["account"]: c["amount"] for c in answer["cash"]} == {a: cents(v) for a, v in second.cash.items()}


def test_a_dividend_adjusted_price_is_refused_for_valuation(real_book: Path) -> None:
    line = lines(run_json("holdings", real_book, "--as-of", "2025-03-31"))["BLOK"]
    assert line["market_value_usd"] is None
    assert "adjusted-price-refused" in {finding["code"] for finding in line["findings"]}


@pytest.mark.parametrize(("day", "fbtc"), [
    ("2024-06-07", ("0.00087448", 148)), ("2025-06-17", ("0.0008743", 290)), ("2026-03-31", ("0.0008743", 577))])
def test_coins_of_spot_funds_agree_with_the_fee_roll(real_book: Path, shared_data: Path, day: str,
                                                     fbtc: tuple[str, int]) -> None:
    seen = lines(run_json("exposure", real_book, "--as-of", day))
    second = again.book(BOOKINGS, day)
    stated, days = fbtc
    assert near(seen["FBTC"]["coins"]["BTC"]["central"],
                second.held["FBTC"].quantity * again.decayed(stated, "0.25", days))
    assert seen["FBTC"]["exposure_usd"]["central"] is None  # no market value, so nothing that is compared with a cap
    for symbol in ("IBIT", "ARKB", "BITO"):
        value = second.held[symbol].quantity * again.price(shared_data, symbol, day)[1]
        assert seen[symbol]["rung"] == "mandate"
        assert seen[symbol]["exposure_usd"]["central"] == cents(value)
        assert near(seen[symbol]["coins"]["BTC"]["central"], value / again.coin(shared_data, "BTC", day))


@pytest.mark.parametrize(("day", "stated", "fee_days"), [
    ("2024-06-07", "0.0008936004", 130), ("2026-03-31", "0.00077856", 0)])
def test_gbtc_stands_on_its_reported_coins(real_book: Path, shared_data: Path, day: str, stated: str,
                                           fee_days: int) -> None:
    line = lines(run_json("exposure", real_book, "--as-of", day))["GBTC"]
    coins = again.book(BOOKINGS, day).held["GBTC"].quantity * again.decayed(stated, "1.5", fee_days)
    assert near(line["coins"]["BTC"]["central"], coins)
    assert line["exposure_usd"]["central"] == cents(coins * again.coin(shared_data, "BTC", day))


@pytest.mark.parametrize("day", ["2025-03-31", "2025-11-28", "2026-03-31"])
@pytest.mark.parametrize("symbol", ["MSTR", "MARA", "COIN", "NVDA"])
def test_betas_of_companies_agree_with_numpy(real_book: Path, shared_data: Path, day: str, symbol: str) -> None:
    line = lines(run_json("exposure", real_book, "--as-of", day))[symbol]
    slope, error, squared, count = again.beta(shared_data, symbol, "IBIT", day)
    found = line["beta"]
    assert (found["n"], found["reference"]) == (count, "IBIT")
    assert near(found["value"], slope) and near(found["se"], error)
    assert abs(found["r2"] - squared) <= 1e-9
    admitted = count >= 120 and squared >= 0.10 and error <= 0.25
    assert found["admitted"] is admitted
    value = again.book(BOOKINGS, day).held[symbol].quantity * again.price(shared_data, symbol, day)[1]
    if line["rung"] == "beta":
        assert admitted
        assert abs(float(line["exposure_usd"]["central"]) - float(value) * slope) <= 0.006
    else:
        assert line["rung"] == "fall-back"
        assert line["exposure_usd"]["central"] == cents(value * Fraction(3, 2))


def test_the_asset_leg_of_a_treasury_company_is_its_coins_per_share(real_book: Path, shared_data: Path) -> None:
    line = lines(run_json("exposure", real_book, "--as-of", "2026-03-31"))["MSTR"]
    assert near(line["coins_per_share"], Fraction(672498, 287108250))
    capital = Fraction(287108250) * again.price(shared_data, "MSTR", "2026-03-31")[1]
    coins = 672498 * again.coin(shared_data, "BTC", "2026-03-31")
    assert near(line["mnav"]["simple"], capital / coins)
    assert line["mnav"]["ev"] is None
    assert "balance-sheet-unknown" in {finding["code"] for finding in line["findings"]}


@pytest.mark.parametrize("day", ["2024-06-07", "2024-11-29", "2025-06-13", "2025-06-17", "2025-11-28", "2026-03-31"])
def test_limits_agree_with_the_second_computation(known_book: Path, shared_data: Path, day: str) -> None:
    found = {item["id"]: item for item in run_json("limits", known_book, "--as-of", day, exits=(0, 3))["limits"]}
    second = again.book(BOOKINGS, day, frozenset(again.NO_PRICE))
    value = {s: h.quantity * again.price(shared_data, s, day)[1] for s, h in second.held.items()}
    sleeve = sum(value.values(), Fraction(0))
    base = max(sleeve, Fraction(50_000_000))  # the ramp-up floor
    assert Fraction(found["L01"]["value"]) == second.net_invested
    assert found["L01"]["state"] == "ok"
    gross = "57400000000" if day < "2026-02-28" else "69400000000"
    if day < "2025-09-30":
        assert (found["L02"]["value"], found["L02"]["state"]) == (None, "unknown")
    else:
        assert near(found["L02"]["value"], sleeve / Fraction(gross))
        assert near(found["L03"]["value"], sleeve / Fraction(17_700_000_000))
    groups = {"L09": ("BITO",), "L11": ("MSTR",), "L12": ("MARA",), "L13": ("COIN",), "L14": ()}
    for name, symbols in groups.items():
        part = sum((value.get(symbol, Fraction(0)) for symbol in symbols), Fraction(0))
        assert near(found[name]["value"], part / base), name
    funds = {s: v / base for s, v in value.items() if s in {"IBIT", "ARKB", "GBTC", "ETHA"}}
    parts = {g["group"]: g["value"] for g in found["L16"]["parts"][0]["groups"]}
    assert set(parts) == {s for s in funds if second.held[s].quantity}
    assert all(near(parts[symbol], funds[symbol]) for symbol in parts)
    assert {found[name]["state"] for name in ("L06", "L07", "L08")} == {"ok"}


def test_look_through_total_is_the_sum_of_its_lines(known_book: Path) -> None:
    answer = run_json("exposure", known_book, "--as-of", "2026-03-31")
    total = sum(Fraction(line["exposure_usd"]["central"]) for line in answer["lines"])
    assert abs(Fraction(answer["totals"]["exposure_usd"]["central"]) - total) <= Fraction(len(answer["lines"]), 200)
    run = {item["id"]: item for item in run_json("limits", known_book, "--as-of", "2026-03-31", exits=(0, 3))["limits"]}
    assert cents(Fraction(run["L04"]["value"])) == answer["totals"]["exposure_usd"]["central"]


def test_a_french_vendor_file_comes_in_through_its_mapping(shared_data: Path, tmp_path: Path) -> None:
    book = made(tmp_path / "b.sandyq")
    run_json("import", book, shared_data / "instruments.csv")
    file = shared_data / "raw_examples" / "investing_com_fr_IBIT.csv"
    before = digest(book)
    dry = run_json("import", book, file, "--mapping", "investing_com_fr", "--symbol", "IBIT", "--dry-run")["batches"]
    assert digest(book) == before
    done = run_json("import", book, file, "--mapping", "investing_com_fr", "--symbol", "IBIT")["batches"]
    assert [(b["kind"], b["read"], b["new"], b["refused"]) for b in done] == [("prices", 222, 222, 0)]
    assert [{**b, "entry": None} for b in done] == [{**b, "entry": None} for b in dry]
    bought = written(tmp_path / "t.csv", "trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,"
                     "account,reference\n2024-11-01,2024-11-01,funding,,100000,1,USD,0,0,C,F-1\n"
                     "2024-11-04,2024-11-05,buy,IBIT,100,40,USD,0,0,C,T-1\n")
    run_json("import", book, bought)
    line = lines(run_json("holdings", book, "--as-of", "2024-11-27"))["IBIT"]
    assert (line["price"], line["price_source"], line["market_value_usd"]) == ("55.03", "Investing.com", "5503.00")


def test_a_dry_run_leaves_the_book_as_it_was_byte_for_byte(market_book: Path, tmp_path: Path) -> None:
    book = copied(market_book, tmp_path / "b.sandyq")
    before = digest(book)
    answer = run_json("import", book, BOOKINGS, "--dry-run")
    assert [(b["new"], b["entry"]) for b in answer["batches"]] == [(40, None)]
    assert digest(book) == before


def test_a_rollback_brings_earlier_values_back_and_known_at_still_answers(real_book: Path, tmp_path: Path) -> None:
    book = copied(real_book, tmp_path / "b.sandyq")
    day = ("--as-of", "2026-03-31")
    before = lines(run_json("holdings", book, *day))["IBIT"]
    changed = written(tmp_path / "correction.csv", "date,symbol,close,currency,basis\n2026-03-31,IBIT,40.00,USD,S\n")
    done = run_json("import", book, changed)["batches"][0]
    assert (done["superseding"], done["new"]) == (1, 0)
    entries = {e["seq"]: e["known_at"] for e in run_json("journal", book)["entries"]}
    corrected = lines(run_json("holdings", book, *day))["IBIT"]
    assert corrected["price"] == "40"
    run_json("rollback", book, done["entry"], "--reason", "a wrong file")
    assert lines(run_json("holdings", book, *day))["IBIT"] == before
    believed = lines(run_json("holdings", book, *day, "--known-at", entries[done["entry"]]))["IBIT"]
    assert believed["price"] == "40"
    earlier = lines(run_json("holdings", book, *day, "--known-at", entries[done["entry"] - 1]))["IBIT"]
    assert earlier == before
    assert run_json("verify", book)["holds"] is True
    again_ = run("rollback", book, done["entry"], "--reason", "once more")
    assert again_.exit_code == 1 and "reversed-already" in again_.output


def test_before_anything_was_known_the_book_is_empty(real_book: Path) -> None:
    first = run_json("journal", real_book)["entries"][1]["known_at"]
    answer = run_json("holdings", real_book, "--as-of", "2026-03-31", "--known-at", first)
    assert answer["lines"] == []
