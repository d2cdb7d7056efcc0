"""The demo's registers fit their tables, and its statement has exactly the three differences that it is made with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from custody_books import DAY, EARLIER, SETTINGS, booking, instruments, mandate, market, record

from sandyq.workstation.contract import Question
from sandyq.workstation.demo import register
from sandyq.workstation.recorded import Match
from sandyq.workstation.workstation import Workstation


def test_the_demo_statement_has_three_differences_that_age(tmp_path: Path) -> None:
    own = [booking("F-1", "funding", "", 900_000, 1, register.ACCOUNT)] + [
        booking(f"T-{number}", "buy", symbol, quantity, 50, register.ACCOUNT)
        for number, (symbol, quantity) in enumerate([("IBIT", 3000), ("FBTC", 1000), ("BITB", 400), ("KEEP", 10)])]
    with Workstation.create(tmp_path / "d.sandyq", mandate=str(mandate(tmp_path)), settings=SETTINGS,
                            actor="Middle office 1") as station:
        record(station, [*instruments(), *market(), *own, *register.fact_rows(register.registers())])
        for day in (EARLIER, DAY):
            rows = register.statement(station.holdings(Question(day, None, "*")), day)
            record(station, list(register.fact_rows({"statement_line": rows})))
        result = station.custody.reconcile(Question(DAY))
        assert {line.subject: (line.match, line.since) for line in result.lines if line.match is not Match.MATCHED} == {
            "IBIT.XNAS": (Match.QUANTITY_BREAK, EARLIER), "FBTC.BATS": (Match.PRICE_BREAK, EARLIER),
            "KEEP.XNAS": (Match.MISSING_THERE, EARLIER)}
        assert {line.owner for line in result.lines} == {"Middle office 1"}


def test_the_demo_register_has_one_party_of_each_standing(tmp_path: Path) -> None:
    with Workstation.create(tmp_path / "d.sandyq", mandate=str(mandate(tmp_path)), settings=SETTINGS,
                            actor="Middle office 1") as station:
        record(station, list(register.fact_rows(register.registers())))
        found = {view.party: {finding.code for finding in view.findings}
                 for view in station.custody.parties(Question(date(2026, 10, 30)))}
        assert {party for party, codes in found.items() if codes} == {"broker-2", "broker-3"}
        assert found["broker-2"] == {"licence-expired"}
        assert found["broker-3"] == {"party-suspended"}
