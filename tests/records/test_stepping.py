"""Knowledge worked out from another moment's is the knowledge that reading everything gives."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from desks import DAY, at_work, small
from driving import copied, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import SandyqError
from sandyq.reference.events import EventType
from sandyq.workstation.contract import Question
from sandyq.workstation.knowledge import Knowledge, read_knowledge
from sandyq.workstation.recorded import ActionDraft
from sandyq.workstation.stepping import stepped
from sandyq.workstation.workstation import Workstation

STEPS = ("price", "correct", "reverse", "event", "fee", "split", "transfer", "roll back", "mandate", "setting",
         "instrument", "account")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("first") / "b")


def comparable(known: Knowledge) -> tuple[object, ...]:
    """Everything in the order of its own keys; the order of bookings of one day is free."""
    rest = replace(known, transactions=())
    return (sorted(known.transactions, key=lambda row: row.reference),
            sorted(known.directory, key=lambda item: item.id),
            *(getattr(rest, name) for name in rest.__slots__ if name not in {"directory", "transactions"}))


def take(station: Workstation, step: str, number: int, folder: Path) -> None:
    """Record one thing; what the book does not allow at that point is left out."""
    desk = station.records
    match step:
        case "price":
            text = f"date,symbol,close,currency,basis\n2025-10-06,IBIT,{60 + number},USD,T\n"
            station.accept([written(folder / f"p{number}.csv", text)])
        case "correct":
            desk.correct("T-2", {"quantity": str(600 + number)}, "Part fill")
        case "reverse":
            desk.reverse("booking", "T-3", "Never happened")
        case "event":
            desk.post_action(ActionDraft(EventType.SPIN_OFF, "IBIT", date(2025, 6, 2), {
                "child": "BTC", "ratio": "1", "cost_share": "0.1"}))
        case "fee":
            desk.post_action(ActionDraft(EventType.FEE_CHANGE, "IBIT", date(2025, 6, number + 1), {"fee_pct": "0.12"}))
        case "split":
            text = f"symbol,ex_date,new_shares,old_shares\nFBTC,2025-07-{number + 10},2,1\n"
            station.accept([written(folder / f"s{number}.csv", text)])
        case "transfer":
            station.record("transfer", {}, [("transfer", (0, f"M-{number}", "2025-03-04", "2025-03-04", "IBIT",
                                                          "IBIT.XNAS", "5", "", "C", "D", None, None))])
        case "roll back":
            last = [entry.seq for entry in station.journal(Question(DAY)) if "sha256" in entry.payload][-1]
            station.roll_back(last, "Wrong file")
        case "mandate":
            mandate = next(row for row in station.store.rows("mandate"))
            station.record("mandate", {}, [("mandate", (0, mandate[3], f"v{number + 2}", f"2025-08-{number + 10}",
                                                        mandate[6]))])
        case "setting":
            station.record("setting", {}, [("setting", (0, "cost_method", "average", None))])
        case "instrument":
            station.record("instrument", {}, [("instrument_attribute", (0, "IBIT.XNAS", "name", f"Name {number}",
                                                                        None, None, None))])
        case _:
            station.record("account", {}, [("account", (0, "D", "Custodian", "", "securities", "tech", None, None, None,
                                                        None))])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow,
                                                                 HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))
def test_stepping_there_and_back_gives_what_reading_everything_gives(first: Path, steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, at_work(copied(first, Path(folder) / "b.sandyq")) as station:
        moments: list[datetime | None] = [station.journal(Question(DAY))[-1].known_at]
        for number, step in enumerate(steps):
            try:
                take(station, step, number, Path(folder))
            except SandyqError:
                continue
            moments.append(station.journal(Question(DAY))[-1].known_at)
        moments.append(None)
        read = {moment: read_knowledge(station.store, moment) for moment in moments}
        for at in moments:
            for target in moments:
                found = stepped(station.store, read[at], at, target)
                assert comparable(found) == comparable(read[target]), (at, target)
