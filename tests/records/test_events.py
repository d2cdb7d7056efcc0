"""Corporate actions by command: preview, conservation, once by id, reversible, two persons (F030 to F036, O1)."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desks import CHECKER, MAKER, approved, at_work, enrolled
from driving import copied, made, run, run_json, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_books import HEADER, ONLY_NET_INVESTED

from sandyq.basics.errors import Refused
from sandyq.reference.events import EventType
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import ActionDraft

INSTRUMENTS = """symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency
GBTC,Trust,spot_etf,BTC:1.00,Issuer G,ARCX,ARCX,1.5,USD
BTC,Mini trust,spot_etf,BTC:1.00,Issuer G,ARCX,ARCX,0.15,USD
ACME,Company,tech_equity,NONE,Issuer A,XNAS,XNAS,,USD
SPUN,Child,tech_equity,NONE,Issuer A,XNAS,XNAS,,USD
"""
CLOSES = {"GBTC": ("2024-07-30", "58.9", "2024-07-31", "52.6"), "BTC": ("2024-07-31", "5.78", "2024-08-01", "5.6"),
          "ACME": ("2024-07-30", "40", "2024-07-31", "30"), "SPUN": ("2024-07-31", "5", "2024-08-01", "5")}
EX = "2024-07-31"
O1 = ("act", "--type", "in_kind_distribution", "--symbol", "GBTC", "--ex-date", EX, "--event", "mini-trust",
      "--term", "child=BTC", "--term", "ratio=1", "--term", "cost_share=0.1", "--term", "asset=BTC",
      "--term", "parent_coins_before=0.00088695", "--term", "parent_coins_after=0.000798255",
      "--term", "child_coins=0.0000886951453")
SPIN = ("act", "--type", "spin_off", "--symbol", "ACME", "--ex-date", EX, "--term", "child=SPUN",
        "--term", "ratio=0.25", "--term", "cost_share=0.12", "--term", "cash_in_lieu_price=5",
        "--term", "currency=USD")
CASH = ("act", "--type", "cash_distribution", "--symbol", "ACME", "--ex-date", EX, "--pay-date", "2024-08-15",
        "--term", "amount=0.50", "--term", "withholding=0.15", "--term", "return_of_capital=0.2",
        "--term", "currency=USD")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    file = made(folder / "b.sandyq", written(folder / "m.toml", ONLY_NET_INVESTED))
    prices = "".join(f"{days[n]},{symbol},{days[n + 1]},USD,T\n" for symbol, days in CLOSES.items() for n in (0, 2))
    rows = ["2024-01-02,2024-01-02,funding,,100000000,1,USD,0,0,C,F-1",
            "2024-01-16,2024-01-18,buy,GBTC,100000,50,USD,0,0,C,G-1",
            "2024-02-01,2024-02-05,buy,ACME,1001,20,USD,0,0,C,A-1"]
    answer = run_json("import", file, written(folder / "i.csv", INSTRUMENTS),
                      written(folder / "p.csv", "date,symbol,close,currency,basis\n" + prices),
                      written(folder / "c.csv", "date,asset,close_usd\n2024-07-30,BTC,66000\n2024-07-31,BTC,64600\n"),
                      written(folder / "h.csv", "date,symbol,asset,coins,shares_outstanding,coins_per_share,source\n"
                                                "2024-07-30,GBTC,BTC,,,0.00088695,8-K\n"),
                      written(folder / "t.csv", HEADER + "\n" + "\n".join(rows) + "\n"))
    assert all(not batch["refused"] for batch in answer["batches"]), answer
    return file


@pytest.fixture
def book_file(first: Path, tmp_path: Path) -> Path:
    return copied(first, tmp_path / "b.sandyq")


def act(file: Path, words: tuple[str, ...], *more: str, exits: tuple[int, ...] = (0,)) -> dict[str, Any]:
    return run_json(words[0], file, *words[1:], *more, exits=exits)


def by_symbol(preview: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["symbol"]: line for line in preview["lines"]}


def test_the_distribution_of_2024_moves_cost_and_conserves_coins(book_file: Path) -> None:
    """O1: 100,000 shares; 88.695 coins become 79.8255 and 8.86951453; cost 4,500,000 and 500,000; realised 0."""
    preview = act(book_file, O1)["preview"]
    lines = by_symbol(preview)
    assert lines["GBTC"]["cost_usd"] == ["5000000", "4500000"]
    assert lines["BTC"]["cost_usd"] == ["0", "500000"]
    assert lines["BTC"]["quantity"] == ["0", "100000"]
    sums = {item["unit"]: item for item in preview["conserved"]}
    assert (Decimal(sums["USD"]["before"]), Decimal(sums["USD"]["after"])) == (5000000, 5000000)
    assert Decimal(sums["BTC"]["before"]) == Decimal("88.695")
    assert Decimal(sums["BTC"]["after"]) == Decimal("88.69501453")
    assert all(item["holds"] for item in preview["conserved"])
    held = run_json("holdings", book_file, "--as-of", EX)
    costs = {line["symbol"]: (line["cost_usd"], line["realised_usd"]) for line in held["lines"]}
    assert costs["GBTC"] == ("4500000.00", "0.00")
    assert costs["BTC"] == ("500000.00", "0.00")
    coins = {line["symbol"]: Decimal(line["coins"]["BTC"]["central"])
             for line in run_json("exposure", book_file, "--as-of", EX)["lines"] if line["symbol"] != "ACME"}
    assert coins == {"GBTC": Decimal("79.8255"), "BTC": Decimal("8.86951453")}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(book_file: Path) -> None:
    before = book_file.read_bytes()
    preview = act(book_file, O1, "--dry-run")["preview"]
    assert book_file.read_bytes() == before
    assert preview == act(book_file, O1)["preview"]
    after = run_json("holdings", book_file, "--as-of", EX)
    shown = {line["symbol"]: line["market_value_usd"] for line in after["lines"] if line["quantity"] != "0"}
    for symbol, line in by_symbol(preview).items():
        assert Decimal(line["market_value_usd"][1]) == Decimal(shown[symbol])


def test_the_same_event_is_recorded_once_and_another_one_under_its_id_is_refused(book_file: Path) -> None:
    done = act(book_file, O1)
    again = act(book_file, O1)
    assert (again["entry"], again["tables"]) == (done["entry"], [])
    assert "recorded-already" in {finding["code"] for finding in again["preview"]["findings"]}
    other = tuple(word.replace("cost_share=0.1", "cost_share=0.2") for word in O1)
    error = act(book_file, other, exits=(3,))["error"]
    assert error["code"] == "event-differs"
    assert "cost_share 0.1 → 0.2" in error["what"]


def test_a_reversed_event_leaves_no_trace_in_the_state_and_may_be_posted_again(book_file: Path) -> None:
    before = run_json("replay", book_file, "--as-of", EX)["said_hash"]
    act(book_file, O1)
    assert run_json("replay", book_file, "--as-of", EX)["said_hash"] != before
    run_json("reverse", book_file, "mini-trust", "--kind", "corporate_action", "--reason", "Another ratio")
    assert run_json("replay", book_file, "--as-of", EX)["said_hash"] == before
    other = tuple(word.replace("cost_share=0.1", "cost_share=0.2") for word in O1)
    assert act(book_file, other)["tables"] == ["corporate_action"]
    assert act(book_file, O1, exits=(3,))["error"]["code"] == "event-differs"
    marks = [item["mark"] for item in run_json("history", book_file, "mini-trust", "--kind",
                                               "corporate_action")["versions"]]
    assert marks == ["reversed", "current"]


def test_a_spin_off_splits_cost_over_parent_child_and_fraction(book_file: Path) -> None:
    """1,001 shares give 250.25 of the child; a quarter is sold at 5 in lieu. 12 % of 20,020 moves."""
    preview = act(book_file, SPIN)["preview"]
    lines = by_symbol(preview)
    assert lines["SPUN"]["quantity"] == ["0", "250"]
    assert Decimal(lines["ACME"]["cost_usd"][1]) == Decimal(20020) * Decimal("0.88")
    assert Decimal(preview["cash"]["C USD"][1]) - Decimal(preview["cash"]["C USD"][0]) == Decimal("1.25")
    kept, = preview["conserved"]
    assert (Decimal(kept["before"]), Decimal(kept["after"]), kept["holds"]) == (20020, 20020, True)


def test_a_cash_distribution_pays_what_the_entitled_shares_are_due(book_file: Path) -> None:
    """1,001 shares: income 500.50, 15 % withheld, 200.20 of capital back; the cash moves on the pay date."""
    preview = act(book_file, CASH)["preview"]
    kept, = (item for item in preview["conserved"] if "Money" in item["what"])
    assert (Decimal(kept["before"]), kept["holds"]) == (Decimal("700.70"), True)
    moved = Decimal(preview["cash"]["C USD"][1]) - Decimal(preview["cash"]["C USD"][0])
    assert moved == Decimal("500.50") * Decimal("0.85") + Decimal("200.20")
    line = by_symbol(preview)["ACME"]
    assert Decimal(line["cost_usd"][0]) - Decimal(line["cost_usd"][1]) == Decimal("200.20")


@pytest.mark.parametrize(("changed", "code"), [
    ({"symbol": "NONE"}, "unknown-instrument"), ({"ratio": "abc"}, "bad-number"), ({"ratio": "0"}, "event-terms"),
    ({"colour": "red"}, "no-such-term"), ({"cost_share": "1.5"}, "event-terms"), ({"ratio": ""}, "event-terms"),
    ({"child": "NONE"}, "unknown-instrument"),
])
def test_terms_that_do_not_read_are_refused_and_nothing_is_recorded(book_file: Path, changed: dict[str, str],
                                                                    code: str) -> None:
    before = book_file.read_bytes()
    terms = {"child": "SPUN", "ratio": "0.25", "cost_share": "0.12", **changed}
    symbol = terms.pop("symbol", "ACME")
    words = [word for name, value in terms.items() for word in ("--term", f"{name}={value}")]
    refused = act(book_file, ("act", "--type", "spin_off", "--symbol", symbol, "--ex-date", EX, *words), exits=(1,))
    assert refused["error"]["code"] == code
    assert book_file.read_bytes() == before


@pytest.mark.parametrize(("kind", "terms", "held"), [
    ("split", {"new": "1", "old": "5", "cash_in_lieu_price": "200", "currency": "USD"}, {"ACME": "200"}),
    ("merger", {"cash": "45", "currency": "USD"}, {}),
    ("merger", {"acquirer": "SPUN", "ratio": "2"}, {"SPUN": "2002"}),
    ("merger", {"acquirer": "SPUN", "ratio": "2", "cash": "10", "cost_share_cash": "0.25", "currency": "USD"},
     {"SPUN": "2002"}),
    ("liquidation", {"amount": "38", "currency": "USD"}, {}),
    ("identifier_change", {"symbol": "ACMX", "isin": "US0000000000"}, {"ACMX": "1001"}),
    ("share_issuance", {"asset": "BTC", "shares": "2000000", "coins": "10"}, {"ACME": "1001"}),
    ("fee_change", {"fee_pct": "0", "until": "2024-12-31", "fee_pct_after": "1"}, {"ACME": "1001"}),
])
def test_every_type_previews_conserves_posts_and_reverses(book_file: Path, kind: str, terms: dict[str, str],
                                                          held: dict[str, str]) -> None:
    words = [word for name, value in terms.items() for word in ("--term", f"{name}={value}")]
    before = run_json("replay", book_file, "--as-of", "2024-08-01")["said_hash"]
    preview = act(book_file, ("act", "--type", kind, "--symbol", "ACME", "--ex-date", EX, "--event", "E", *words))
    shown = {line["symbol"]: line["quantity"][1] for line in preview["preview"]["lines"]}
    assert {name: value for name, value in shown.items() if name != "GBTC" and value != "0"} == held
    assert all(item["holds"] for item in preview["preview"]["conserved"])
    lines = run_json("holdings", book_file, "--as-of", EX)["lines"]
    assert {line["symbol"]: line["quantity"] for line in lines
            if line["symbol"] != "GBTC" and line["quantity"] != "0"} == held
    run_json("reverse", book_file, "E", "--kind", "corporate_action", "--reason", "Undone")
    assert run_json("replay", book_file, "--as-of", "2024-08-01")["said_hash"] == before


def test_an_event_that_later_bookings_need_is_not_reversed(book_file: Path, tmp_path: Path) -> None:
    act(book_file, SPIN)
    run_json("import", book_file, written(
        tmp_path / "s.csv", f"{HEADER}\n2024-09-02,2024-09-04,sell,SPUN,250,6,USD,0,0,C,S-1\n"))
    with at_work(book_file) as station, pytest.raises(Refused):
        station.records.reverse("corporate_action", "ACME-spin_off-2024-07-31", "Never happened")


def test_with_people_an_event_waits_for_a_second_person(book_file: Path) -> None:
    enrolled(book_file)
    draft = ActionDraft(EventType.SPIN_OFF, "ACME", date(2024, 7, 31), {
        "child": "SPUN", "ratio": "0.25", "cost_share": "0.12", "cash_in_lieu_price": "5", "currency": "USD"})
    with at_work(book_file, MAKER) as station:
        assert station.records.preview_action(draft).needs_second
        waits = station.records.post_action(draft)
        assert waits.proposal
        assert not station.knowledge().events
        again = station.records.post_action(draft)
        assert again.proposal == waits.proposal
        with pytest.raises(Refused):
            station.people.approve(waits.proposal)
    approved(book_file, waits.proposal)
    with at_work(book_file, CHECKER) as station:
        event, = station.knowledge().events
        assert event.instrument == "ACME.XNAS"
        assert station.holdings(Question(date(2024, 7, 31))).state.positions["SPUN.XNAS"].quantity == 250
        assert station.verify().holds


DRAFTS = (
    ActionDraft(EventType.SPIN_OFF, "ACME", date(2024, 7, 31), {
        "child": "SPUN", "ratio": "0.25", "cost_share": "0.12", "cash_in_lieu_price": "5", "currency": "USD"}),
    ActionDraft(EventType.IN_KIND_DISTRIBUTION, "GBTC", date(2024, 7, 31), {
        "child": "BTC", "ratio": "1", "cost_share": "0.1", "asset": "BTC", "parent_coins_before": "0.00088695",
        "parent_coins_after": "0.000798255", "child_coins": "0.0000886951453"}),
    ActionDraft(EventType.CASH_DISTRIBUTION, "ACME", date(2024, 6, 3), {
        "amount": "0.5", "return_of_capital": "0.2", "currency": "USD"}, date(2024, 6, 17)),
    ActionDraft(EventType.SPLIT, "ACME", date(2024, 5, 1), {"new": "3", "old": "1"}),
    ActionDraft(EventType.FEE_CHANGE, "GBTC", date(2024, 3, 1), {"fee_pct": "1"}),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow,
                                                                 HealthCheck.function_scoped_fixture])
@given(st.permutations(DRAFTS), st.permutations(DRAFTS), st.integers(0, 5))
def test_the_order_in_which_events_become_known_changes_nothing_and_reversing_restores(
        first: Path, one: list[ActionDraft], other: list[ActionDraft], undone: int) -> None:
    said: list[str] = []
    for number, order in enumerate((one, other)):
        with tempfile.TemporaryDirectory() as folder, at_work(copied(first, Path(folder) / "b.sandyq")) as station:
            before = station.records.replay(Question(date(2024, 8, 1))).said_hash
            names = [station.records.preview_action(draft).event.event for draft in order]
            for draft in order:
                station.records.post_action(draft)
            said.append(station.records.replay(Question(date(2024, 8, 1))).said_hash)
            for name in (*names[undone:], *names[:undone]):
                station.records.reverse("corporate_action", name, "Undone")
            assert station.records.replay(Question(date(2024, 8, 1))).said_hash == before, number
            assert station.verify().holds
    assert said[0] == said[1]


def test_the_preview_reads_as_words(book_file: Path) -> None:
    said = run(O1[0], book_file, *O1[1:], "--dry-run").output
    assert "Coins: parent before, parent and child after" in said
    assert "holds" in said
    assert "GBTC" in said
