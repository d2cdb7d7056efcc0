"""R17, second campaign: attempts to get round a cap or a second person over orders, evidence, waivers and permits.

Each is refused and changes nothing, or is named by verification; what only a checkpoint kept elsewhere shows is
held against one. The first campaign is `test_four_eyes`.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import dealt_book
import pytest
from dealt_book import attested, deal, fact
from four_persons import Attack, booking, signer
from test_four_eyes import approval, insert, library

from sandyq.basics.errors import IntegrityFailed, SandyqError
from sandyq.control.deciding import ALWAYS, ONCE_ENROLLED
from sandyq.control.people import Role, Signer
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.guards import KEPT_TABLES, ONCE
from sandyq.store.store import Store
from sandyq.workstation import workstation
from sandyq.workstation.extending import extends
from sandyq.workstation.workstation import Workstation

Attempt = Callable[[Attack], None]
WAIVER, OVERRIDE = "P-0011", "P-0012"
NEW_CONTROLLED = ("waiver", "trade_order", "gate_override", "tranche_release", "reserve_asset", "eligibility_status",
                  "rating")


@pytest.fixture(scope="session")
def dealt(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dealt") / "book.sandyq"
    shutil.copy(template, path)
    with Workstation.open(path, actor="Analyst 1", write=True) as station:
        deal(station)
        assert [station.people.proposal(name).kind for name in (WAIVER, OVERRIDE)] == ["waiver", "gate_override"]
    return path


@pytest.fixture
def attack(dealt: Path, keys: Path, tmp_path: Path) -> Attack:
    path = tmp_path / "book.sandyq"
    shutil.copy(dealt, path)
    return Attack(path, keys)


def record(attack: Attack, *rows: tuple[str, FactRow]) -> None:
    library(attack, "evidence", *rows, actor="Analyst 1")


def proposed_and_approved(attack: Attack, *rows: tuple[str, FactRow], expires: date | None = None) -> None:
    """Analyst 1 proposes, Risk 1 approves: by the front door where an expiry says so, else past the desks."""
    with attack.working("Analyst 1") as station:
        reference = station.people.post(rows[0][0], "again", rows, {}, expires=expires).proposal
        if expires is None:
            dealt_book.approve(station, reference)
            return
        station.people.sign_in(signer("Risk 1"))
        station.people.approve(reference)


# ---- what is refused

def another(table: str) -> tuple[str, FactRow]:
    """A row of the table beside those that are there."""
    return fact(table, reference="X-9") if "reference" in TABLES[table].columns else fact(table)


def alone_by_library(table: str) -> Attempt:
    def attempt(attack: Attack) -> None:
        record(attack, another(table))

    attempt.__name__ = f"{table}_alone_by_library"
    return attempt


def alone_by_sql(table: str) -> Attempt:
    def attempt(attack: Attack) -> None:
        with attack.sql() as tool:
            insert(tool, table, another(table)[1])

    attempt.__name__ = f"{table}_alone_by_sql"
    return attempt


def again_by_library(table: str) -> Attempt:
    """The same evidence once more, with other values under the same key."""
    changed: dict[str, dict[str, str]] = {
        "gate_day": {"state": "open"}, "limit_run": {"content": "{}"}, "order_check": {"content": "{}"},
        "breach_step": {"note": "it was nothing"}, "breach": {"limit_id": "L01"}, "fill": {"quantity": "1"}}

    def attempt(attack: Attack) -> None:
        record(attack, fact(table, **changed[table]), ("booking", booking("T-9", "2026-11-20")[1]))

    attempt.__name__ = f"{table}_in_the_place_of_the_first"
    return attempt


def changed_by_sql(table: str, column: str) -> Attempt:
    def attempt(attack: Attack) -> None:
        with attack.sql() as tool:
            tool.execute(f'UPDATE "{table}" SET "{column}" = "{column}" || \'0\'')

    attempt.__name__ = f"{table}_{column}_changed_by_sql"
    return attempt


def waiver_by_the_requester(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        station.people.approve(WAIVER)


def waiver_by_the_requester_in_sql(attack: Attack) -> None:
    row = approval(attack, "Analyst 1", reference=WAIVER)
    with attack.sql() as tool:
        insert(tool, "approval", row)


def waiver_by_the_requester_under_another_name(attack: Attack) -> None:
    own = signer("Analyst 1")
    with attack.working(actor="Risk 1") as station:
        station.people.sign_in(Signer("Risk 1", own.public_key, own.sign))
        station.people.approve(WAIVER)


def waiver_by_a_second_key(attack: Attack) -> None:
    """The requester has a second key of their own, under their own name."""
    with attack.working("Analyst 1") as station:
        second = Signer("Analyst 1", signer("Risk 9").public_key, signer("Risk 9").sign)
        station.people.sign_in(second)


def waiver_by_a_second_self(attack: Attack) -> None:
    """The requester enrols a second name with another key: that waits for somebody else."""
    with attack.working("Analyst 1") as station:
        other = signer("Risk 9")
        done = station.people.enrol("Risk 9", Role.RISK, other.public_key, station.people.proof(other, Role.RISK))
        assert done.proposal
        station.people.sign_in(other)


def override_by_the_administrator(attack: Attack) -> None:
    with attack.working("Administrator 1") as station:
        station.people.approve(OVERRIDE)


def override_by_the_auditor(attack: Attack) -> None:
    with attack.working("Auditor 1") as station:
        station.people.approve(OVERRIDE)


def override_without_the_committee(attack: Attack) -> None:
    proposed_and_approved(attack, fact("gate_override", reference="G-2", committee_reference="  "))


def release_used_again(attack: Attack) -> None:
    proposed_and_approved(attack, fact("tranche_release"))


def release_raised_under_its_reference(attack: Attack) -> None:
    proposed_and_approved(attack, fact("tranche_release", amount_usd="500000000"))


def order_raised_under_its_reference(attack: Attack) -> None:
    proposed_and_approved(attack, fact("trade_order", quantity="1000000"))


def waiver_extended_under_its_reference(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        dealt_book.approve(station, WAIVER)
    proposed_and_approved(attack, fact("waiver", valid_to="2036-12-24"))


def order_after_its_expiry_with_the_clock_turned_back(attack: Attack) -> None:
    before = workstation.utc_now
    workstation.utc_now = lambda: datetime(2026, 1, 15, tzinfo=UTC)
    try:
        proposed_and_approved(attack, fact("trade_order", reference="O-2"), expires=date(2026, 1, 31))
    finally:
        workstation.utc_now = before


def fill_without_an_order(attack: Attack) -> None:
    record(attack, fact("fill", reference="F-2", order_reference="O-9"))


def fill_of_another_line(attack: Attack) -> None:
    record(attack, fact("fill", reference="F-2", line_number="2"))


def emergency_purchase(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_order", reference="E-2", side="buy")
    record(attack, row)


def own_emergency_review(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_review", person="Analyst 1")
    record(attack, row)


def review_of_no_order(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_review", order_reference="E-9")
    record(attack, row)


def breach_closed_without_a_run(attack: Attack) -> None:
    record(attack, fact("breach_step", number="2", step="closed", evidence=" "))


def eligible_again_alone(attack: Attack) -> None:
    record(attack, fact("eligibility_status", status="eligible", valid_from="2026-11-21"))


def election_for_tokens_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        insert(tool, "election", fact("election", choice="tokens")[1])


def election_in_kind_by_library(attack: Attack) -> None:
    record(attack, fact("election", choice="in_kind"))


def reversed_alone(table: str) -> Attempt:
    def attempt(attack: Attack) -> None:
        with attack.sql() as tool:
            entry = tool.execute(f'SELECT min(entry) FROM "{table}"').fetchone()[0]
        record(attack, ("reversal", (0, str(entry), table, "", "no")))

    attempt.__name__ = f"{table}_reversed_alone"
    return attempt


def the_auditor_proposes_an_order(attack: Attack) -> None:
    with attack.working("Auditor 1") as station:
        station.people.post("trade_order", "O-2", [fact("trade_order", reference="O-2")], {})


def the_administrator_proposes_a_waiver(attack: Attack) -> None:
    with attack.working("Administrator 1") as station:
        station.people.post("waiver", "W-2", [fact("waiver", reference="W-2")], {})


def an_order_hidden_in_another_kind(attack: Attack) -> None:
    """Rows of an order under a kind that one person may record: the tables decide, so it waits and nobody approves."""
    with attack.working("Analyst 1") as station:
        done = station.people.post("note", "O-2", [fact("trade_order", reference="O-2")], {})
        assert done.proposal
        station.people.approve(done.proposal)


REFUSED: list[Attempt] = [
    *(alone_by_library(table) for table in NEW_CONTROLLED), *(alone_by_sql(table) for table in NEW_CONTROLLED),
    *(again_by_library(table) for table in ("gate_day", "limit_run", "order_check", "breach_step", "breach", "fill")),
    *(changed_by_sql(table, column) for table, column in (
        ("limit_run", "content"), ("gate_day", "state"), ("order_check", "verdict"), ("trade_order", "quantity"),
        ("fill", "quantity"), ("breach_step", "note"), ("eligibility_status", "status"))),
    waiver_by_the_requester, waiver_by_the_requester_in_sql, waiver_by_the_requester_under_another_name,
    waiver_by_a_second_key, waiver_by_a_second_self, override_by_the_administrator, override_by_the_auditor,
    override_without_the_committee, release_used_again, release_raised_under_its_reference,
    order_raised_under_its_reference, waiver_extended_under_its_reference,
    order_after_its_expiry_with_the_clock_turned_back, fill_without_an_order, fill_of_another_line, emergency_purchase,
    own_emergency_review, review_of_no_order, breach_closed_without_a_run, eligible_again_alone,
    election_for_tokens_by_sql, election_in_kind_by_library,
    *(reversed_alone(table) for table in ("limit_run", "gate_day", "breach", "emergency_order", "trade_order",
                                          "tranche_release", "eligibility_status")),
    the_auditor_proposes_an_order, the_administrator_proposes_a_waiver, an_order_hidden_in_another_kind,
]


@pytest.mark.parametrize("attempt", REFUSED, ids=lambda attempt: attempt.__name__)
def test_an_attempt_is_refused_and_changes_nothing(attack: Attack, attempt: Attempt) -> None:
    before = attack.state()[1]
    with pytest.raises((SandyqError, sqlite3.IntegrityError)):
        attempt(attack)
    after = [row for row in attack.state()[1] if row not in before]
    assert {row[0] for row in after} <= ({"approval", "waiver"} if attempt is waiver_extended_under_its_reference
                                         else set())
    assert attack.verified().holds


# ---- what no trigger can refuse, and verification names

def fill_beyond_the_order(attack: Attack) -> None:
    """60 of 100 are filled; 41 more are booked rightly."""
    record(attack, fact("fill", reference="F-2", booking="O-1/1/2", quantity="41"),
           fact("booking", reference="O-1/1/2", quantity="41"))


def fill_that_books_something_else(attack: Attack) -> None:
    record(attack, fact("fill", reference="F-2", booking="O-1/1/2", quantity="1"),
           fact("booking", reference="O-1/1/2", quantity="1000"))


def fill_without_its_booking(attack: Attack) -> None:
    record(attack, fact("fill", reference="F-2", booking="O-1/1/1", quantity="1"))


def order_slipped_into_an_approved_entry(attack: Attack) -> None:
    """The approval is used for a second order: a row that claims the entry of the first one's approval."""
    with attack.sql() as tool:
        entry = tool.execute("SELECT entry FROM trade_order").fetchone()[0]
        insert(tool, "trade_order", fact("trade_order", reference="O-2")[1], entry=entry)


def approval_with_a_copied_signature(attack: Attack) -> None:
    """The signature of the order's approval under the decision about the waiver."""
    row = approval(attack, "Risk 1", reference=WAIVER)
    with attack.sql() as tool:
        copied = tool.execute("SELECT signature FROM approval ORDER BY id DESC LIMIT 1").fetchone()[0]
    library(attack, "waiver", ("approval", (*row[:5], copied, "")), fact("waiver"), payload={"proposal": WAIVER})


def emergency_order_under_another_name(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_order", by="Analyst 1", reference="E-2", person="Risk 1")
    record(attack, row)


def emergency_order_with_a_copied_signature(attack: Attack) -> None:
    with attack.sql() as tool:
        copied = tool.execute("SELECT signature FROM emergency_order").fetchone()[0]
    record(attack, fact("emergency_order", reference="E-2", quantity="100000", signature=copied))


def emergency_order_by_the_auditor(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_order", reference="E-2", person="Auditor 1")
    record(attack, row)


def review_under_another_name(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_review", by="Analyst 1")
    record(attack, row)


def a_check_under_another_hash(attack: Attack) -> None:
    record(attack, fact("order_check", reference="C-2", content_hash="ab" * 32))


def a_run_under_another_hash(attack: Attack) -> None:
    record(attack, fact("limit_run", version="2", content_hash="ab" * 32))


def without_trigger(trigger: str, *rows: tuple[str, FactRow]) -> Attempt:
    def attempt(attack: Attack) -> None:
        with attack.sql(without=(trigger,)):
            record(attack, *rows)

    attempt.__name__ = f"{trigger}_away"
    return attempt


def edited_without_trigger(table: str, column: str, value: str) -> Attempt:
    def attempt(attack: Attack) -> None:
        with attack.sql(without=(f"{table}_update",)) as tool:
            tool.execute(f'UPDATE "{table}" SET "{column}" = ?', [value])

    attempt.__name__ = f"{table}_{column}_edited_without_its_trigger"
    return attempt


def run_replaced_by_its_number(attack: Attack) -> None:
    """INSERT OR REPLACE under the row's own number: no trigger on deletion runs."""
    with attack.sql() as tool:
        tool.execute("PRAGMA recursive_triggers=OFF")
        number, entry = tool.execute("SELECT id, entry FROM limit_run").fetchone()
        row = fact("limit_run", date="2026-11-19")[1]
        columns = ", ".join(f'"{name}"' for name in ("id", "entry", "line", *TABLES["limit_run"].columns))
        tool.execute(f'INSERT OR REPLACE INTO limit_run ({columns}) VALUES ({", ".join("?" * (len(row) + 2))})',
                     [number, entry, *row])


def a_trigger_left_away(attack: Attack) -> None:
    with attack.sql() as tool:
        tool.execute("DROP TRIGGER trade_order_second")


def own_review_without_trigger(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        row = attested(station, "emergency_review", person="Analyst 1")
    with attack.sql(without=("emergency_review_rules",)):
        record(attack, row)


NAMED: list[tuple[Attempt, str]] = [
    (fill_beyond_the_order, "fill"), (fill_that_books_something_else, "fill"), (fill_without_its_booking, "fill"),
    (order_slipped_into_an_approved_entry, "trade_order"), (approval_with_a_copied_signature, "approval"),
    (emergency_order_under_another_name, "emergency_order"),
    (emergency_order_with_a_copied_signature, "emergency_order"), (emergency_order_by_the_auditor, "emergency_order"),
    (review_under_another_name, "emergency_review"), (own_review_without_trigger, "emergency_review"),
    (a_check_under_another_hash, "order_check"), (a_run_under_another_hash, "limit_run"),
    (run_replaced_by_its_number, "limit_run"), (a_trigger_left_away, "trade_order_second"),
    *((without_trigger(f"{table}_second", another(table)), table) for table in NEW_CONTROLLED
      if table != "eligibility_status"),
    (without_trigger("eligibility_status_second", fact("eligibility_status", status="eligible",
                                                       valid_from="2026-11-21")), "eligibility_status"),
    (without_trigger("gate_day_once", fact("gate_day", state="open")), "gate_day"),
    (without_trigger("limit_run_once", fact("limit_run", content="{}")), "limit_run"),
    (without_trigger("fill_rules", fact("fill", reference="F-2", order_reference="O-9")), "fill"),
    (without_trigger("breach_step_rules", fact("breach_step", number="2", step="closed")), "breach_step"),
    (edited_without_trigger("gate_day", "state", "open"), "gate_day"),
    (edited_without_trigger("limit_run", "content", "{}"), "limit_run"),
    (edited_without_trigger("trade_order", "quantity", "1000"), "trade_order"),
    (edited_without_trigger("tranche_release", "amount_usd", "300000000"), "tranche_release"),
    (edited_without_trigger("eligibility_status", "valid_from", "2027-11-20"), "eligibility_status"),
    (edited_without_trigger("mandate", "text", "[mandate]"), "mandate"),
]


@pytest.mark.parametrize(("attempt", "table"), NAMED, ids=lambda value: getattr(value, "__name__", value))
def test_an_attempt_past_the_triggers_is_named(attack: Attack, attempt: Attempt, table: str) -> None:
    assert attack.verified().holds
    attempt(attack)
    found = attack.verified()
    assert not found.holds
    assert table in {damage.table for damage in found.damages}, found.damages


@pytest.mark.parametrize("table", NEW_CONTROLLED)
def test_what_nobody_signed_counts_for_nothing_even_before_anybody_verifies(attack: Attack, table: str) -> None:
    with Store.open(attack.path, actor="Auditor 1") as store:
        before = store.rows(table)
    extra = {"reference": "X-9"} if "reference" in TABLES[table].columns else {"valid_from": "2026-11-22"}
    without_trigger(f"{table}_second", fact(table, **extra))(attack)
    with Store.open(attack.path, actor="Auditor 1") as store:
        assert store.rows(table) == before


# ---- what only something kept elsewhere shows

def checkpoint_of(attack: Attack, to: Path, name: str = "Risk 1") -> Path:
    with attack.working(name) as station:
        station.people.export_checkpoint(to)
    return to


def test_todays_book_extends_the_one_of_the_checkpoint(attack: Attack, tmp_path: Path) -> None:
    note = checkpoint_of(attack, tmp_path / "checkpoint.txt")
    copy = tmp_path / "earlier.sandyq"
    shutil.copy(attack.path, copy)
    with attack.working("Risk 1") as station:
        station.people.approve(WAIVER)
        found = extends(station, note)
        assert found.verification.holds
        assert (found.signed_by, found.since, found.renamed_from) == (("Risk 1",), 1, "")
        against = extends(station, copy)
        assert against.verification.holds
        assert (against.since, against.signed, against.renamed_from) == (1, False, "earlier")


def test_an_older_copy_put_back_is_named(attack: Attack, tmp_path: Path) -> None:
    older = tmp_path / "older.sandyq"
    shutil.copy(attack.path, older)
    with attack.working("Risk 1") as station:
        station.people.approve(WAIVER)
    note = checkpoint_of(attack, tmp_path / "checkpoint.txt")
    newer = tmp_path / "newer.sandyq"
    shutil.copy(attack.path, newer)
    shutil.copy(older, attack.path)
    with Workstation.open(attack.path, actor="Auditor 1") as station:
        assert station.verify().holds
        for kept in (note, newer):
            assert [item.table for item in extends(station, kept).verification.damages] == ["journal"]


def test_another_book_under_the_name_of_this_one_is_named(attack: Attack, template: Path, tmp_path: Path) -> None:
    note = checkpoint_of(attack, tmp_path / "checkpoint.txt")
    other = tmp_path / "other.sandyq"
    with Workstation.create(other, mandate="example", settings={}, actor="x"):
        pass
    shutil.move(other, attack.path)
    with Workstation.open(attack.path, actor="Auditor 1") as station:
        found = extends(station, note)
        assert {item.table for item in found.verification.damages} == {"journal", "checkpoint"}


def test_a_renamed_book_still_extends_and_its_old_name_is_said(attack: Attack, tmp_path: Path) -> None:
    note = checkpoint_of(attack, tmp_path / "checkpoint.txt")
    renamed = tmp_path / "renamed.sandyq"
    shutil.move(attack.path, renamed)
    with Workstation.open(renamed, actor="Auditor 1") as station:
        found = extends(station, note)
        assert found.verification.holds
        assert found.renamed_from == "book"


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\n", 1).replace("sandyq/book", "sandyq/other", 1),
    lambda text: "\n".join([*text.split("\n")[:1], str(int(text.split("\n")[1]) - 1), *text.split("\n")[2:]]),
    lambda text: text[:-8] + "AAAAAA=\n"], ids=["name", "entries", "signature"])
def test_an_edited_checkpoint_is_named(attack: Attack, tmp_path: Path, change: Callable[[str], str]) -> None:
    note = checkpoint_of(attack, tmp_path / "checkpoint.txt")
    note.write_text(change(note.read_text(encoding="utf-8")), encoding="utf-8")
    with Workstation.open(attack.path, actor="Auditor 1") as station:
        found = extends(station, note)
        assert not found.verification.holds
        assert "checkpoint" in {item.table for item in found.verification.damages}


def test_a_checkpoint_typed_from_paper_holds_and_says_that_nobody_signed_it(attack: Attack, tmp_path: Path) -> None:
    note = checkpoint_of(attack, tmp_path / "checkpoint.txt")
    note.write_text(note.read_text(encoding="utf-8").partition("\n\n")[0] + "\n", encoding="utf-8")
    with Workstation.open(attack.path, actor="Auditor 1") as station:
        found = extends(station, note)
        assert (found.verification.holds, found.signed, found.signed_by) == (True, False, ())


def test_what_is_no_checkpoint_is_said(attack: Attack, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("something else")
    (tmp_path / "x.bin").write_bytes(b"\xff\xfe\x00\x80")
    with Workstation.open(attack.path, actor="Auditor 1") as station:
        with pytest.raises(IntegrityFailed, match="not a checkpoint"):
            extends(station, tmp_path / "x.txt")
        with pytest.raises(SandyqError, match="cannot be read"):
            extends(station, tmp_path / "x.bin")


def test_the_lists_above_reach_every_controlled_and_every_kept_table_of_this_version() -> None:
    assert set(NEW_CONTROLLED) <= ALWAYS | ONCE_ENROLLED
    assert {"order_check", "limit_run", "gate_day", "breach", "breach_step", "emergency_order"} <= {*KEPT_TABLES, *ONCE}
    assert len(REFUSED) + len(NAMED) >= 50
