"""Limits that rest on registers, on papers of funds, on a committee's override and on both books, from the book on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from pathlib import Path

import pytest
from custody_books import DAY, EARLIER, MANDATE, account, booking, record, sleeve
from driving import run_json

from sandyq.control.people import Role
from sandyq.control.signing import signer_from_seed
from sandyq.limits.disclosure import AlertState, alerts
from sandyq.limits.mandate import DisclosureRules
from sandyq.limits.orders import parse_order
from sandyq.limits.result import PartResult, State, Verdict
from sandyq.reference.facts import FactRow
from sandyq.workstation import workstation
from sandyq.workstation.contract import Question
from sandyq.workstation.levels import levels_check, levels_of
from sandyq.workstation.mixing import mixed, same_values
from sandyq.workstation.picture import Picture
from sandyq.workstation.recorded import Cause
from sandyq.workstation.workstation import Workstation

Rows = Sequence[tuple[str, FactRow]]
Q = Question(DAY)
SOON = (DAY + timedelta(days=1)).isoformat()
GATE = '[gate]\ncoin = "BTC"\n\n[[gate.test]]\nid = "G5"\nkind = "shock"\n'


def limit(name: str, part: str) -> str:
    head = f'\n[[limit]]\nid = "{name}"\ntitle = {{ en = "{name}" }}\nclause = "Clause {name}."\n'
    return f"{head}\n[[limit.part]]\n{part}\n"


def ruled(station: Workstation, *limits: str, book: str = "sleeve", gate: str = "") -> None:
    """Put another version of the mandate in force."""
    head = MANDATE.format(name="Rules", book=book, cap=300_000_000).replace('version = "v1"', 'version = "v2"').replace(
        "2020-01-01", "2020-02-01")
    text = head + gate + "".join(limits)
    record(station, [("mandate", (0, f"Rules {book}", "v2", "2020-02-01", text))], "mandate")


def only(station: Workstation, name: str, q: Question = Q) -> PartResult:
    found = station.limits(q).by_id(name)
    assert found is not None
    assert found.worst is not None
    return found.worst


def values(part: PartResult) -> dict[str, Decimal | None]:
    return {group.group: group.value for group in part.groups}


def party(name: str, kind: str, status: str = "active") -> tuple[str, FactRow]:
    return "party", (0, name, f"Name {name}", kind, "US", status, None, "register")


def role(name: str, what: str, subject: str) -> tuple[str, FactRow]:
    return "party_role", (0, name, what, subject, None, None, None, "register")


def rating(name: str, said: str, agency: str = "Agency", since: str = "2020-01-01") -> tuple[str, FactRow]:
    return "rating", (0, name, said, agency, since, "letter")


UNSETTLED = limit("L32", 'measure = "unsettled"\nunit = "USD"\nhard = 25_000_000')
RATED = limit("L32", 'measure = "custodian_rating"\nunit = "count"\nhard = 0\noptions = { least = "A-" }')


def test_what_has_not_settled_counts_with_the_broker_of_its_account(station: Workstation) -> None:
    ruled(station, UNSETTLED)
    record(station, [party("B1", "broker"), party("B2", "broker"), role("B1", "broker", "C"),
                     role("B2", "broker", "D")])
    for number, (amount, owner) in enumerate(((100, "C"), (40, "D"))):
        row = booking(f"U-{number}", "buy", "IBIT", amount, 60, owner, DAY)[1]
        record(station, [("booking", (*row[:3], SOON, *row[4:]))])
    assert values(only(station, "L32")) == {"Name B1": Decimal(6000), "Name B2": Decimal(2400)}
    assert values(only(station, "L32", Question(DAY + timedelta(days=1)))) == {"": Decimal(0)}
    record(station, [("party_role", (0, "B2", "broker", "D", None, None, "2025-09-01", "register"))])
    assert values(only(station, "L32")) == {"Name B1": Decimal(8400)}


def test_the_custodians_rating_in_force_on_the_day_counts(station: Workstation) -> None:
    ruled(station, RATED)
    assert only(station, "L32").state is State.UNKNOWN
    record(station, [party("S", "securities_custodian"), party("T", "securities_custodian"),
                     role("S", "securities_custodian", "C"), role("T", "securities_custodian", "D"),
                     rating("S", "AA-"), rating("T", "A2"), rating("T", "BBB+", since=SOON)])
    assert values(only(station, "L32")) == {"Name S": 0, "Name T": 0}
    after = only(station, "L32", Question(DAY + timedelta(days=1)))
    assert (values(after), after.state) == ({"Name S": 0, "Name T": 1}, State.BREACH)


ONE_NAME = limit("L34", 'measure = "market_value"\nunit = "USD"\ngroup_by = "entity"\nhard = 1_000_000')


def test_a_cap_on_a_name_sums_what_the_entity_shows(station: Workstation) -> None:
    """One sum by two ways: the measure behind the cap, and the view of an entity with its chains."""
    ruled(station, ONE_NAME)
    record(station, [
        booking("K-1", "buy", "KEEP", 10, 300, "C"), party("K", "coin_custodian"), party("P", "prime_broker"),
        party("I", "issuer"), party("S", "securities_custodian"), party("A", "auditor"),
        role("K", "coin_custodian", "IBIT"), role("K", "issuer", "KEEP"), role("P", "prime_broker", "K"),
        role("I", "sponsor", "IBIT"), role("I", "issuer", "BITB"), role("S", "securities_custodian", "C"),
        role("A", "auditor", "IBIT")])
    found = values(only(station, "L34"))
    for name in ("K", "P", "I", "S"):
        view = station.custody.entity(Q, name)
        expected = view.possible_usd if view.possible_usd != view.exposure_usd else view.exposure_usd
        assert found[f"Name {name}"] == expected, name
    assert "Name A" not in found
    assert found["Name I"] == 1000 * 65 + 400 * 50  # sponsor of one, issuer of the other: each dollar once


def test_an_order_for_something_new_counts_with_its_entities(station: Workstation) -> None:
    ruled(station, limit("L34", 'measure = "market_value"\nunit = "USD"\ngroup_by = "entity"\nhard = 5_000'))
    record(station, [party("K", "issuer"), role("K", "issuer", "KEEP")])
    order = parse_order("buy 15 KEEP @ 320")
    assert station.check(Q, (order,), largest=False).verdict is Verdict.PASS
    over = station.check(Q, (parse_order("buy 16 KEEP @ 320"),))
    assert over.verdict is Verdict.REFUSED
    assert [(item.quantity, item.binding) for item in over.largest] == [(15, "L34")]


# ---- papers of funds (L17)

COMPANY = limit("L17", 'measure = "through_funds"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "issuer"\n'
                       'scope = { kind = ["tech_equity"] }\nhard = 0.07')


def test_one_company_is_capped_with_what_funds_hold_of_it_by_their_last_papers(station: Workstation) -> None:
    ruled(station, COMPANY)
    fund = [("instrument_attribute", (0, "BITB.ARCX", "kind", "equity_etf", None, "test file", "filed"))]
    paper = [("fund_weight", (0, "BITB", day, "Keep", "KEEP", None, None, None, share, "USD", "issuer"))
             for day, share in (("2025-09-01", "0.9"), ("2025-09-26", "0.1"), (SOON, "0.8"))]
    rest = ("fund_weight", (0, "BITB", "2025-09-26", "Rest", None, None, None, None, "0.9", "USD", "issuer"))
    record(station, [*fund, booking("K-1", "buy", "KEEP", 10, 300, "C")])
    assert only(station, "L17").state is State.UNKNOWN
    record(station, [*paper, rest])
    whole = 1000 * 65 + 200 * 100 + 400 * 50 + 10 * 320
    (one,) = [group for group in only(station, "L17").groups if group.group == "Custodian K"]
    assert (one.numerator, one.denominator) == (3200 + 2000, whole)


# ---- the gate (L24)

GATED = limit("L24", 'measure = "gate"\nunit = "count"\nhard = 0')


@pytest.fixture
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock runs from the morning of the books' last day."""
    moments = count()
    morning = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC)
    monkeypatch.setattr(workstation, "utc_now", lambda: morning + timedelta(seconds=next(moments)))


@pytest.mark.usefixtures("on_the_day")
def test_a_purchase_through_a_shut_gate_takes_an_override_that_two_persons_signed(station: Workstation) -> None:
    ruled(station, GATED, gate=GATE)
    order = parse_order("buy 10 IBIT @ 65")
    shut = station.check(Q, (order,), largest=False)
    assert shut.verdict is Verdict.REFUSED
    assert [name for name, _, _ in shut.reasons] == ["L24"]
    signers = {name: signer_from_seed(name, name.encode().ljust(32, b".")) for name in ("Manager 1", "Risk 1")}
    for name, duty in (("Manager 1", Role.MANAGER), ("Risk 1", Role.RISK)):
        key = signers[name]
        station.people.enrol(name, duty, key.public_key, station.people.proof(key, duty))
    station.people.sign_in(signers["Manager 1"])
    row = (0, "G-1", "sleeve", "Committee 7/2025", None, "650", DAY.isoformat(), DAY.isoformat(), "An exit was agreed")
    posted = station.people.post("gate-override", "G-1", [("gate_override", row)], {})
    assert station.check(Q, (order,), largest=False).verdict is Verdict.REFUSED  # a proposal opens nothing
    station.people.sign_in(signers["Risk 1"])
    station.people.approve(posted.proposal)
    through = station.check(Q, (order,), largest=False)
    assert through.verdict is Verdict.PASS
    (told,) = [finding for change in through.changes for finding in change.after.findings]
    assert told.text.values["reference"] == "Committee 7/2025"
    beyond = station.check(Q, (parse_order("buy 11 IBIT @ 65"),), largest=False)
    assert beyond.verdict is Verdict.REFUSED


def test_a_limit_on_the_gate_without_a_gate_is_unknown(station: Workstation) -> None:
    ruled(station, GATED)
    assert station.check(Q, (parse_order("buy 10 IBIT @ 65"),), largest=False).verdict is Verdict.UNKNOWN


# ---- all levels (F005, F124)

def both_books(path: Path) -> Workstation:
    """The sleeve holds 1,000 IBIT at 65, the other book 300; together at most 100,000 USD of one instrument."""
    station = sleeve(path, [account("D", "Bank T", book="tech"), booking("T-4", "buy", "IBIT", 300, 60, "D"),
                            ("reserve", (0, "gross", "2025-08-31", "10000000", "USD", "2025-09-07", "release")),
                            ("programme", (0, "Fund 2", "2025-08-31", "500000", "USD", "letter"))])
    of_reserves = 'measure = "market_value"\nunit = "ratio"\ndenominator = "reserves:gross"\nhard = 0.05'
    ruled(station, limit("L02", of_reserves),
          limit("L05", 'measure = "programme"\nunit = "USD"\nhard = 1_000_000'))
    together = 'measure = "market_value"\nunit = "USD"\ngroup_by = "symbol"\nhard = 100_000'
    ruled(station, limit("C1", together), book="*")
    return station


@pytest.mark.parametrize(("shares", "verdict"), [(238, Verdict.PASS), (239, Verdict.REFUSED)])
def test_an_order_is_held_against_its_book_the_reserves_the_programme_and_both_books(tmp_path: Path, shares: int,
                                                                                   verdict: Verdict) -> None:
    with both_books(tmp_path / "b.sandyq") as station:
        basket = (parse_order(f"buy {shares} IBIT @ 65"),)
        levels = {level.name: level for level in levels_check(station, Q, basket)}
        assert {name: [change.limit.id for change in level.changes] for name, level in levels.items()} == {
            "book": ["L01"], "reserves": ["L02"], "programme": ["L05"], "all_books": ["*/L01", "*/C1"]}
        assert [levels[name].verdict for name in ("book", "reserves", "programme")] == [Verdict.PASS] * 3
        assert levels["all_books"].verdict is verdict
        whole = station.check(Q, basket)
        assert whole.verdict is verdict  # the one answer has every level in it
        assert levels_of(whole)[-1].verdict is verdict
        assert [(item.quantity, item.binding) for item in whole.largest] == [(238, "*/C1")]
        together = levels["all_books"].changes[1]
        assert together.before.worst is not None
        assert together.after.worst is not None
        assert (together.before.worst.value, together.after.worst.value) == (1300 * 65, (1300 + shares) * 65)


def test_a_file_without_a_mandate_for_all_books_has_no_such_level(tmp_path: Path) -> None:
    with sleeve(tmp_path / "b.sandyq", [account("D", "Bank T", book="tech")]) as station:
        assert [level.name for level in levels_check(station, Q, (parse_order("buy 1 IBIT @ 65"),))] == ["book"]


def test_the_command_says_at_which_level_each_limit_speaks(tmp_path: Path) -> None:
    with both_books(tmp_path / "b.sandyq"):
        pass
    answer = run_json("check", tmp_path / "b.sandyq", "--as-of", DAY, "--order", "buy 239 IBIT @ 65", exits=(3,))
    assert {item["level"]: item["verdict"] for item in answer["levels"]} == {
        "book": "pass", "reserves": "pass", "programme": "pass", "all_books": "refused"}
    assert {item["id"]: item["level"] for item in answer["limits"]}["*/C1"] == "all_books"


# ---- disclosure (F020)

@pytest.mark.parametrize(("units", "state"), [
    (20_001, AlertState.NEAR), (20_000, AlertState.REACHED), (25_000, AlertState.NEAR), (25_001, AlertState.CLEAR)])
def test_five_per_cent_of_a_class_is_reached_at_five_per_cent(station: Workstation, units: int,
                                                             state: AlertState) -> None:
    record(station, [("fund_holding", (0, "IBIT", DAY.isoformat(), "BTC", "1000", str(units), "0.001", None, None, None,
                                       "R", "reported", "Issuer"))])
    found = {(item.rule, item.subject): item for item in station.custody.disclosures(Q)}
    assert found["ownership", "IBIT"].state is state
    share = found["ownership", "IBIT"].value
    assert share is not None
    assert abs(Fraction(share) * units - 1000) < Fraction(1, 10**40)


@pytest.mark.parametrize(("threshold", "state"), [
    (105_001, AlertState.NEAR), (105_000, AlertState.REACHED), (131_250, AlertState.NEAR), (131_251, AlertState.CLEAR)])
def test_all_us_listed_lines_count_together(station: Workstation, threshold: int, state: AlertState) -> None:
    rules = DisclosureRules(aggregate=Decimal(threshold))
    found = next(item for item in alerts(station.picture(Q).snapshot, rules) if item.rule == "aggregate")
    assert (found.value, found.state) == (1000 * 65 + 200 * 100 + 400 * 50, state)


def test_reporting_looks_at_all_books_and_an_unknown_count_is_said(tmp_path: Path) -> None:
    with both_books(tmp_path / "b.sandyq") as station:
        record(station, [booking("K-1", "buy", "KEEP", 10, 300, "C")])
        found = {(item.rule, item.subject): item for item in station.custody.disclosures(Q)}
        assert found["ownership", "IBIT"].value == Decimal(1300) / 1_000_000
        assert found["ownership", "KEEP"].state is AlertState.UNKNOWN


def test_alerts_stand_beside_the_limits_and_by_themselves(tmp_path: Path) -> None:
    with sleeve(tmp_path / "b.sandyq"):
        pass
    beside = run_json("limits", tmp_path / "b.sandyq", "--as-of", DAY)["alerts"]
    assert beside == run_json("disclosures", tmp_path / "b.sandyq", "--as-of", DAY)["alerts"]
    assert {item["rule"] for item in beside} == {"aggregate", "ownership"}


# ---- what was known when

def test_papers_recorded_later_change_no_earlier_answer(station: Workstation) -> None:
    ruled(station, RATED)
    record(station, [party("S", "securities_custodian"), role("S", "securities_custodian", "C"),
                     role("S", "securities_custodian", "D"), rating("S", "AA")])
    moment = station.journal(Q)[-1].known_at
    known = station.knowledge()  # its registers are read lazily, and after the next entry
    record(station, [rating("S", "BB", agency="Other")])
    assert [item.rating for item in known.beside.ratings] == ["AA"]
    assert only(station, "L32", Question(DAY, moment)).state is State.OK
    assert only(station, "L32").state is State.BREACH


def test_the_day_before_the_first_trade_has_no_surroundings_to_ask(station: Workstation) -> None:
    ruled(station, UNSETTLED, limit("L34", 'measure = "custodian_rating"\nunit = "count"\nhard = 0'), ONE_NAME.replace(
        "L34", "L35"), gate=GATE)
    before = Question(date(2025, 1, 2))
    assert only(station, "L34", before).state is State.NOT_APPLICABLE
    assert only(station, "L32", before).value == 0
    assert before.as_of < EARLIER


def test_later_ratings_are_reference_data_and_later_papers_look_through(station: Workstation) -> None:
    ruled(station, RATED, COMPANY.replace('["tech_equity"]', '["tech_equity", "miner"]'))
    record(station, [party("S", "securities_custodian"), role("S", "securities_custodian", "C"),
                     role("S", "securities_custodian", "D"), rating("S", "AA"),
                     ("instrument_attribute", (0, "BITB.ARCX", "kind", "equity_etf", None, "test file", "filed")),
                     ("fund_weight", (0, "BITB", "2025-09-26", "KEEP", "KEEP", None, None, None, "1", "USD", "i"))])
    old = station.knowledge()
    record(station, [rating("S", "BB", agency="Other"),
                     ("fund_weight", (0, "BITB", "2025-09-29", "KEEP", "KEEP", None, None, None, "0.5", "USD", "i")),
                     ("fund_weight", (0, "BITB", "2025-09-29", "Rest", None, None, None, None, "0.5", "USD", "i"))])
    new = station.knowledge()

    def said(*causes: Cause) -> tuple[Decimal | None, Decimal | None]:
        run = Picture(mixed(old, new, set(causes)), DAY).limits
        rated, company = (run.by_id(name) for name in ("L32", "L17"))
        assert rated is not None
        assert company is not None
        assert rated.worst is not None
        assert company.worst is not None
        return rated.worst.value, company.worst.numerator

    assert said() == (0, 400 * 50)
    assert said(Cause.REFERENCE) == (1, 400 * 50)
    assert said(Cause.LOOK_THROUGH) == (0, 200 * 50)
    assert said(Cause.REFERENCE, Cause.LOOK_THROUGH) == (1, 200 * 50)
    assert same_values(mixed(old, new, set()), old)
    assert not same_values(mixed(old, new, {Cause.REFERENCE}), old)
