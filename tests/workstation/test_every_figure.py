"""Every figure that a day shows can be explained down to files, the mandate or a convention in words (F029).

The keys come from the workstation; what each should say is read here from the results themselves.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from driving import made, run_json, written
from shown_figures import Shown, check_every_key, leaves

from sandyq.basics.errors import BadInput
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

D = Decimal
DAYS = (date(2024, 8, 31), date(2026, 3, 31))
@pytest.mark.data
@pytest.mark.parametrize("day", DAYS)
def test_every_key_says_the_figure_that_is_shown_and_ends_in_rows_or_words(real_book: Path, day: date) -> None:
    with Workstation.open(real_book, actor="Auditor 1") as station:
        q = Question(day)
        assert len(check_every_key(station, q)) > 500


@pytest.mark.data
def test_every_figure_of_the_results_has_a_key(real_book: Path) -> None:
    """The other way round: nothing that the commands print is left without an explanation."""
    with Workstation.open(real_book, actor="Auditor 1") as station:
        q = Question(DAYS[1])
        keys = set(station.explain_keys(q))
        shown = Shown(station, q)
        for line in shown.holdings.lines:
            for name in ("quantity", "price", "age", "fx", "market_value_usd", "market_value_kzt", "cost_usd",
                         "unrealised_usd", "unrealised_fx_usd", "realised_usd", "realised_fx_usd", "income_usd",
                         "withholding_usd", "fees_usd", "taxes_usd"):
                assert f"holdings/{line.symbol}/{name}" in keys
            assert all(f"holdings/{line.symbol}/lots/{item.lot.reference}/cost_usd" in keys for item in line.lots)
        for cash in shown.holdings.cash:
            assert f"cash/{cash.cash.account}/{cash.cash.currency}/value_kzt" in keys
        for seen in shown.exposure.lines:
            assert f"exposure/{seen.symbol}/exposure_usd" in keys
            assert all(f"exposure/{seen.symbol}/coins/{coin}/high" in keys for coin in seen.coins)
            assert seen.mnav is None or f"exposure/{seen.symbol}/mnav/net_equity_per_share_usd" in keys
            assert seen.beta is None or f"exposure/{seen.symbol}/beta/standard_error" in keys
        assert all(f"coins/{coin}" in keys for coin in shown.exposure.by_coin)
        assert all(f"custodians/{name or 'unknown'}/worst" in keys for name in shown.exposure.by_custodian_worst)
        for result in shown.limits.results:
            for number, _ in enumerate(result.parts, 1):
                assert f"limits/{result.limit.id}/parts/{number}/headroom_usd" in keys


@pytest.mark.data
@pytest.mark.parametrize("day", DAYS)
def test_trees_that_are_sums_add_up_exactly(real_book: Path, day: date) -> None:
    with Workstation.open(real_book, actor="Auditor 1") as station:
        q = Question(day)
        for key in station.explain_keys(q):
            sums = key.startswith("cash/") and key.endswith(("/amount", "/unsettled"))
            sums = sums or key in {f"totals/{name}" for name in ("cost_usd", "realised_usd", "income_usd",
                                                                "withholding_usd", "fees_usd", "taxes_usd",
                                                                "known_market_value_usd")}
            sums = sums or (key.startswith("coins_usd/") and key.count("/") == 1)
            tree = station.explain(q, key)
            if sums and tree.value is not None:
                total = sum((part.value for part in tree.parts if isinstance(part.value, Decimal)), D(0))
                assert total == tree.value, key


@pytest.mark.data
def test_an_origin_leads_to_file_line_person_and_hash(real_book: Path) -> None:
    with Workstation.open(real_book, actor="Auditor 1") as station:
        q = Question(DAYS[1])
        for key in ("totals/market_value_usd", "limits/L02/value", "exposure/MSTR/exposure_usd"):
            for leaf in leaves(station.explain(q, key)):
                if leaf.origin is not None:
                    source = station.source(leaf.origin.entry, leaf.origin.line)
                    assert len(source.sha256) == 64
                    assert source.actor


@pytest.mark.data
def test_a_key_of_no_figure_is_refused(real_book: Path) -> None:
    with Workstation.open(real_book, actor="Auditor 1") as station:
        for key in ("", "holdings", "holdings/NONE/price", "limits/L99/value", "exposure/IBIT/nothing", "cash/X/USD",
                    "totals/nothing", "limits/L02/parts/9/value"):
            with pytest.raises(BadInput):
                station.explain(Question(DAYS[1]), key)


INSTRUMENTS = """symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency,coin_custodian
IBIT,Fund A,spot_etf,BTC:1.00,Issuer A,XNAS,XNAS,0.25,USD,Custodian A;Custodian B
MINI,Fund M,spot_etf,BTC:1.00,Issuer M,XNAS,XNAS,0.15,USD,Custodian A
HKBT,Fund H,spot_etf,BTC:1.00,Issuer H,XHKG,XHKG,0.50,HKD,Custodian C
GONE,Fund G,spot_etf,BTC:1.00,Issuer G,XNAS,XNAS,0.50,USD,
THIN,Fund T,spot_etf,BTC:1.00,Issuer T,AIXK,AIXK,0.50,USD,
"""
BOOKED = """trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference
2026-01-05,2026-01-05,funding,,1000000,1,USD,0,0,C,T-1
2026-01-05,2026-01-05,funding,,900000,1,HKD,0,0,H,T-2
2026-01-05,2026-01-06,buy,IBIT,1000,50,USD,5,0,C,T-3
2026-01-05,2026-01-07,buy,HKBT,2000,30,HKD,20,3,H,T-4
2026-01-05,2026-01-06,buy,GONE,100,8,USD,0,0,C,T-5
2026-01-05,2026-01-06,buy,THIN,100,10,USD,0,0,C,T-6
2026-01-12,2026-01-14,sell,HKBT,500,33,HKD,5,1,H,T-7
2026-01-13,2026-01-14,fee,,25,1,USD,0,0,C,T-8
"""
EVENTS = (
    ("E-1", "cash_distribution", "IBIT.XNAS", "2026-01-08", "2026-01-12",
     '{"amount":"0.5","currency":"USD","withholding":"0.15"}'),
    ("E-2", "in_kind_distribution", "IBIT.XNAS", "2026-01-09", "2026-01-09",
     ('{"asset":"BTC","child":"MINI.XNAS","child_coins":"0.0001","cost_share":"0.1","parent_coins_after":"0.0005",'
      '"parent_coins_before":"0.0006","ratio":"1"}')),
    ("E-3", "liquidation", "GONE.XNAS", "2026-01-12", None, '{"amount":"7.5","currency":"USD"}'),
)


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with a fund in another currency, three events, a price in two currencies' cross and a split."""
    folder = tmp_path_factory.mktemp("eventful")
    file = made(folder / "b.sandyq")
    closes = "".join(f"2026-01-{day:02},{symbol},{close},{money},T,Vendor A,1000\n" for symbol, close, money in (
        ("IBIT", 50, "USD"), ("MINI", 5, "USD"), ("HKBT", 31, "HKD"), ("GONE", 8, "USD"), ("THIN", 10, "USD"))
        for day in (5, 9, 12, 13))
    files = {
        "instruments.csv": INSTRUMENTS, "transactions.csv": BOOKED,
        "prices.csv": "date,symbol,close,currency,basis,source,volume\n" + closes,
        "coins.csv": "date,asset,close_usd\n" + "".join(f"2026-01-{d:02},BTC,9{d:02}00\n" for d in (5, 9, 12, 13)),
        "fx.csv": "date,base,quote,rate\n" + "".join(
            f"2026-01-{d:02},USD,HKD,7.8\n2026-01-{d:02},USD,KZT,51{d % 10}.5\n" for d in (5, 9, 12, 13)),
        "splits.csv": "symbol,ex_date,new_shares,old_shares\nTHIN,2026-01-14,2,1\n",
    }
    for name, text in files.items():
        for done in run_json("import", file, written(folder / name, text))["batches"]:
            assert done["refused"] == 0, done
    with Workstation.open(file, actor="Middle office 1", write=True) as station:
        for event, kind, instrument, ex_date, pay_date, terms in EVENTS:
            station.record("corporate_action", {"event": event}, [("corporate_action", (
                0, event, kind, instrument.partition(".")[0], instrument, ex_date, pay_date, terms, "letter", None))])
        station.record("account", {}, [("account", (0, "R", "Custodian R", "", "securities", "reserves",
                                                    "Back office 1", None, None, "letter"))])
        for reference, symbol, instrument, quantity, currency, to in (
                ("X-1", "", "", "1000", "USD", "D"), ("X-2", "IBIT", "IBIT.XNAS", "100", "USD", "D"),
                ("X-3", "IBIT", "IBIT.XNAS", "50", "USD", "R")):
            station.record("transfer", {}, [("transfer", (0, reference, "2026-01-12", "2026-01-13", symbol or None,
                                                          instrument or None, quantity, currency, "C", to, None,
                                                          None))])
    return file


@pytest.mark.parametrize("book", ["reserves", "*"])
def test_another_book_and_all_books_together_are_explained_too(eventful: Path, book: str) -> None:
    with Workstation.open(eventful, actor="Auditor 1") as station:
        for day in (date(2026, 1, 12), date(2026, 1, 13)):
            keys = check_every_key(station, Question(day, book=book))
            assert "holdings/IBIT/quantity" in keys


@pytest.mark.parametrize("day", ["2026-01-06", "2026-01-08", "2026-01-09", "2026-01-13", "2026-01-14", "2026-03-31"])
def test_events_currencies_and_unknown_lines_are_explained_too(eventful: Path, day: str) -> None:
    with Workstation.open(eventful, actor="Auditor 1") as station:
        keys = check_every_key(station, Question(date.fromisoformat(day)))
        found = {key.partition("/")[0] for key in keys}
        assert {"holdings", "cash", "totals", "exposure", "limits"} <= found
        if day == "2026-01-13":
            assert "receivables/E-3/C/USD" in keys
            assert "events/E-1/C/income" in keys
            assert "events/E-2/C/MINI.XNAS/quantity" in keys
            assert "events/E-2/cost/USD/child" in keys


def test_income_from_an_event_leads_to_the_event(eventful: Path) -> None:
    with Workstation.open(eventful, actor="Auditor 1") as station:
        q = Question(date(2026, 1, 13))
        tree = station.explain(q, "holdings/IBIT/income_usd")
        assert tree.value == D(500)
        origin = tree.parts[0].origin
        assert origin is not None
        assert station.store_entry(origin.entry).payload["event"] == "E-1"
        cash = station.explain(q, "cash/C/USD/amount")
        assert sum(part.value for part in cash.parts if isinstance(part.value, Decimal)) == cash.value
