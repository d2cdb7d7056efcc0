"""Data: files with somebody else's header, completeness, prices by hand, reconciliation, accounts, registers."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sandyq.book.reconciliation import Match
from sandyq.control.people import Role
from sandyq.workstation import people
from sandyq.workstation.workstation import Workstation
from sandyq_desktop import fonts
from sandyq_desktop import window as windows
from sandyq_desktop.dialogs.account import AccountDialog
from sandyq_desktop.dialogs.mapping import MappingDialog
from sandyq_desktop.handlers import opener
from sandyq_desktop.settings import Settings
from sandyq_desktop.tables.columns import Group
from sandyq_desktop.views import acts
from sandyq_desktop.window import Window
from sandyq_desktop.words import Words
from sandyq_resources import catalogues

pytestmark = pytest.mark.window
Settle = Callable[[Window], None]
PASSPHRASE = "a long passphrase 1"


@pytest.fixture
def book(demo_book: Path, tmp_path: Path) -> Path:
    """A copy of the demo book that a test may write to."""
    return Path(shutil.copy(demo_book, tmp_path / "own.sandyq"))


@pytest.fixture
def own(qapp: QApplication, book: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setitem(windows.VIEWS, "data", "sandyq_desktop.views.data:DataView")
    fonts.load()
    made = Window(Words(catalogues.language), Settings())
    made.resize(1600, 1000)
    made.show()
    made.open_with(opener(book))
    settle(made)
    yield made
    made.close()
    QGuiApplication.clipboard().clear()
    made.deleteLater()


def page(own: Window, key: str, settle: Settle) -> Any:
    own.go(f"data/{key}")
    settle(own)
    assert not own.strip.isVisible(), own.strip.text.text()
    return own.views["data"].section


def cells(pane: Any, row: int) -> dict[str, str]:
    model = pane.table.model
    return {column.key: model.text(row, place) for place, column in enumerate(model.columns)}


def test_j2_the_outlier_and_the_missing_fund_are_named_and_nothing_is_booked_before_accept(
        own: Window, settle: Settle, tmp_path: Path, demo_book: Path) -> None:
    held = [row["symbol"] for row in csv.DictReader((demo_book.parent / "files" / "statement.csv").open())
            if row["symbol"]]
    held += ["MARA"]
    last = {row["symbol"]: row["close"] for row in csv.DictReader((demo_book.parent / "files" / "prices.csv").open())}
    rows = [f"2026-11-02,{symbol},{float(last[symbol]) * (2 if symbol == 'IBIT' else 1):.2f},USD" for symbol in held
            if symbol != "FBTC"]
    prices = tmp_path / "prices_1102.csv"
    prices.write_text("\n".join(["date,symbol,close,currency", *rows]) + "\n", encoding="utf-8")
    steps = 0
    own.go("data/import")
    settle(own)
    steps += 1
    data: Any = own.views["data"]
    before = len(data.batches.model.shown)
    own.preview([prices])
    settle(own)
    steps += 1
    named = {(finding.code, finding.subject) for finding in data.findings.model.rows}
    assert ("holding-without-price", "FBTC") in named
    assert {subject for code, subject in named if code == "price-jump"} == {"IBIT"}
    assert len(data.batches.model.shown) == before, "nothing is booked before it is accepted"
    QTest.mouseClick(data.accept, Qt.MouseButton.LeftButton)
    settle(own)
    steps += 1
    assert len(data.batches.model.shown) == before + 1
    assert steps <= 4


def test_j3_breaks_stand_on_top_and_matched_lines_are_folded_and_counted(own: Window, settle: Settle) -> None:
    pane = page(own, "reconciliation", settle)
    shown = pane.table.model.shown
    groups = {item.key: len(item.rows) for item in shown if isinstance(item, Group)}
    lines = [item for item in shown if not isinstance(item, Group)]
    assert isinstance(shown[0], Group) and shown[0].key == "breaks"
    assert groups["matched"] == sum(1 for line in pane.answer.lines if line.match is Match.MATCHED) > 0
    assert all(line.match is not Match.MATCHED for line in lines)
    assert {line.subject.split(".")[0] for line in lines} >= {"MARA", "ETHA", "BITB"}, "the three planted breaks"
    assert all(line.owner == "Back office 1" and line.age_days == 0 for line in lines)
    assert pane.noted.isEnabled(), "the first break is chosen: one more click opens its note"
    pane.table.choose(lambda row: getattr(row, "subject", "").startswith("ETHA"))
    line = pane.table.current()
    acts.record(own.context, lambda door: door.custody.note_break(line.account, line.stated_on, line.subject,
                                                                  "Middle office 2", "asked the custodian", "open"))
    settle(own)
    noted = next(item for item in pane.answer.lines if item.subject == line.subject)
    assert (noted.owner, noted.note, noted.status) == ("Middle office 2", "asked the custodian", "open")


def test_a_statement_with_five_differences_shows_exactly_these_five(
        own: Window, settle: Settle, tmp_path: Path, demo_book: Path) -> None:
    with (demo_book.parent / "files" / "statement.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    last = {row["symbol"]: row["close"] for row in csv.DictReader((demo_book.parent / "files" / "prices.csv").open())}
    sides = {row["symbol"]: row for row in rows}
    sides["ETHA"]["quantity"] = str(int(sides["ETHA"]["quantity"]) + 400)  # undo what the demo plants
    for symbol in ("BITB", "BETF"):
        sides[symbol]["price"] = last[symbol]
    changed = {"IBIT": 7, "FBTC": -3}
    for symbol, by in changed.items():
        sides[symbol]["quantity"] = str(int(sides[symbol]["quantity"]) + by)
    sides["NVDA"]["price"] = f"{float(last['NVDA']) * 1.05:.2f}"
    sides[""]["quantity"] = f"{float(sides['']['quantity']) + 12.5:.2f}"
    for row in rows:
        row["value"] = f"{float(row['quantity']) * float(row['price']):.2f}" if row["price"] else ""
    file = tmp_path / "statement_again.csv"
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)  # MARA is still not there: the fifth
    own.preview([file])
    settle(own)
    own.views["data"].accept_files()
    settle(own)
    pane = page(own, "reconciliation", settle)
    broken = {line.subject.split(".")[0]: line.match for line in pane.answer.lines if line.match is not Match.MATCHED}
    assert broken == {"IBIT": Match.QUANTITY_BREAK, "FBTC": Match.QUANTITY_BREAK, "NVDA": Match.PRICE_BREAK,
                      "USD": Match.QUANTITY_BREAK, "MARA": Match.MISSING_THERE}


def test_a_header_that_nobody_knows_is_named_once_and_used_at_once(
        own: Window, settle: Settle, tmp_path: Path) -> None:
    file = tmp_path / "theirs.csv"
    file.write_text("Tag;Papier;Schluss\n02.11.2026;IBIT;55,10\n02.11.2026;FBTC;84,90\n", encoding="utf-8")
    own.preview([file])
    settle(own)
    section = own.views["data"].imports  # type: ignore[attr-defined]
    assert section.unknown == file
    assert section.map.isVisible() and not section.accept.isEnabled()
    seen: list[Any] = []
    section._ask_mapping = lambda _file, *found: seen.extend(found)
    section.map.click()
    settle(own)
    dialog = MappingDialog(own.context.look, file.name, *seen)
    dialog.kind.setCurrentIndex(dialog.kind.findData("prices"))
    assert not dialog.decide.isEnabled()
    for theirs, ours in (("Tag", "date"), ("Papier", "symbol"), ("Schluss", "close")):
        dialog.pick(theirs, ours)
    column, value = dialog.constants[0]
    column.setCurrentIndex(column.findData("currency"))
    value.setText("USD")
    dialog.date_format.setCurrentIndex(dialog.date_format.findData("dmy"))
    dialog.decimal.setCurrentIndex(dialog.decimal.findData("comma"))
    assert not dialog.decide.isEnabled(), "a mapping has a name"
    dialog.name.setText("their-closes")
    assert dialog.decide.isEnabled(), dialog.missing.text()
    section.use_mapping(file, dialog.mapping())
    settle(own)
    preview = section.previews.model.shown[0]
    assert (preview.kind, preview.new, preview.refused) == ("prices", 2, 0)
    section.accept.click()
    settle(own)
    assert section.previews.model.shown[0].entry is not None
    later = tmp_path / "theirs_later.csv"
    later.write_text("Tag;Papier;Schluss\n03.11.2026;IBIT;55,20\n", encoding="utf-8")
    seen.clear()
    own.preview([later])
    settle(own)
    section.name_columns()
    settle(own)
    again = MappingDialog(own.context.look, later.name, *seen)
    again.saved.setCurrentIndex(again.saved.findData("their-closes"))
    assert again.decide.isEnabled() and again.is_saved
    section.use_mapping(later, again.mapping(), known=True)
    settle(own)
    assert section.previews.model.shown[0].new == 1
    for made in (dialog, again):
        made.deleteLater()


def test_a_column_chosen_twice_and_a_missing_one_are_said(own: Window, tmp_path: Path) -> None:
    from sandyq.packs.looking import look

    file = tmp_path / "x.csv"
    file.write_text("a,b,c\n2026-11-02,IBIT,1.5\n", encoding="utf-8")
    dialog = MappingDialog(own.context.look, file.name, look(file), ())
    dialog.kind.setCurrentIndex(dialog.kind.findData("prices"))
    dialog.pick("a", "date")
    assert "close" in dialog.missing.text() and "symbol" in dialog.missing.text()
    dialog.pick("b", "date")
    assert "twice" in dialog.missing.text()
    assert not dialog.decide.isEnabled()
    dialog.deleteLater()


def test_completeness_names_the_gap_its_age_its_owner_and_how_far_the_calendar_goes(
        own: Window, settle: Settle) -> None:
    pane = page(own, "completeness", settle)
    first = cells(pane, 0)
    assert (first["symbol"], first["gaps"], first["age"], first["owner"]) == ("BETF", "4", "3 bd", "Back office 1")
    assert "30.10.2026" in first["missing"]
    rest = [cells(pane, row) for row in range(1, len(pane.table.model.shown))]
    assert all(row["expected"] == row["present"] and row["age"] == "0 bd" for row in rest)
    assert all(row["calendar"] == "31.12.2030" for row in rest)


def test_prices_show_what_is_stale_and_every_level_with_its_reason_and_source(own: Window, settle: Settle) -> None:
    pane = page(own, "prices", settle)
    assert [row[0].symbol for row in pane.stale.model.shown] == ["BETF"]
    levels = {row[0].symbol: row[0].level for row in pane.levels.model.shown}
    assert levels.pop("BETF") == 2 and set(levels.values()) == {1}
    source = [column.key for column in pane.levels.model.columns].index("source")
    assert pane.levels.model.text(0, source).startswith("prices.csv : ")
    acts.record(own.context, lambda door: door.prices.decide_level("BETF", 3, "thin market"))
    settle(own)
    decided = next(row[0] for row in pane.levels.model.shown if row[0].symbol == "BETF")
    assert (decided.level, decided.decided) == (3, True)


def test_a_price_by_hand_waits_for_a_second_person_beside_the_close_it_would_replace(
        own: Window, settle: Settle, book: Path, tmp_path: Path) -> None:
    keys = _enrol(book, tmp_path)
    own.open_with(opener(book))
    settle(own)
    own.handlers.sign_in_with(keys[0], PASSPHRASE)
    settle(own)
    pane = page(own, "prices", settle)
    day = own.context.question.as_of
    acts.record(own.context, lambda door: door.prices.propose_manual("IBIT", day, acts.number_of("55,00"), "USD",
                                                                     "auction", day))
    settle(own)
    shown = cells(pane, 0)
    assert (shown["symbol"], shown["state"], shown["replaced"]) == ("IBIT", "waits for a second person", "54.85")
    assert "waits for a second person" in own.foot.message.text()
    own.handlers.sign_in_with(keys[1], PASSPHRASE)
    settle(own)
    acts.record(own.context, lambda door: door.people.approve(shown["proposal"]))
    settle(own)
    shown = cells(pane, 0)
    assert (shown["state"], shown["author"], shown["approver"]) == ("in force", "Analyst 1", "Analyst 2")


def test_a_signed_balance_that_a_later_entry_contradicts_turns_red_and_says_why(
        own: Window, settle: Settle, book: Path, tmp_path: Path) -> None:
    keys = _enrol(book, tmp_path)
    own.open_with(opener(book))
    settle(own)
    own.handlers.sign_in_with(keys[0], PASSPHRASE)
    settle(own)
    pane = page(own, "reconciliation", settle)
    account, day = pane.table.current().account, own.context.question.as_of
    acts.record(own.context, lambda door: door.custody.sign_balance(account, day))
    settle(own)
    assert not own.strip.isVisible(), own.strip.text.text()
    holds = pane.signed.model.columns[0]
    assert holds.whole(pane.signed.model.shown[0], own.context.look) == "Holds"
    late = tmp_path / "late.csv"
    late.write_text("reference,trade_date,type,symbol,quantity,price,currency,account\n"
                    f"LATE-1,2026-10-28,buy,IBIT,100,54.00,USD,{account}\n", encoding="utf-8")
    own.preview([late])
    settle(own)
    own.views["data"].accept_files()  # type: ignore[attr-defined]
    settle(own)
    pane = page(own, "reconciliation", settle)
    assert holds.whole(pane.signed.model.shown[0], own.context.look) == "Contradicted"
    assert pane.signed.model.shown[0].contradictions


def test_accounts_stand_beside_their_statement_and_a_new_one_is_registered(own: Window, settle: Settle) -> None:
    pane = page(own, "accounts", settle)
    row = pane.table.model.shown[0]
    assert row.statement is not None and row.settled == row.statement
    dialog = AccountDialog(own.context)
    for key, text in (("account", "Bank 2"), ("institution", "Illustrative bank"), ("reason", "opened")):
        dialog.fill(key, text)
    assert dialog.decide.isEnabled()
    dialog.fill("form", "cbdc")
    assert not dialog.decide.isEnabled(), "money has a currency"
    dialog.fill("currency", "kzt")
    assert dialog.decide.isEnabled()
    pane.open_account(dialog)
    settle(own)
    assert not own.strip.isVisible(), own.strip.text.text()
    made = next(row for row in pane.table.model.shown if row.account == "Bank 2")
    assert (made.currency, made.form, made.booked, made.statement) == ("KZT", "cbdc", 0, None)
    assert cells(pane, pane.table.model.shown.index(made))["statement"] == "—"
    dialog.deleteLater()


def test_a_party_shows_its_chains_and_an_instrument_its_sheet(own: Window, settle: Settle) -> None:
    pane = page(own, "registers", settle)
    assert pane.table.choose(lambda row: row.name == "Coinbase Custody")
    settle(own)
    assert pane.entity.party.name == "Coinbase Custody"
    assert sum(link.amount_usd for link in pane.links.model.shown if link.counted) == pane.entity.exposure_usd
    assert any(link.chain[0] == "IBIT" for link in pane.links.model.shown)
    assert cells(pane, pane.table.model.shown.index(pane.table.current()))["status"] == "Not in order"
    pane = page(own, "eligibility", settle)
    assert pane.table.choose(lambda row: row.symbol == "IBIT")
    settle(own)
    sheet = {item.name: item for item in pane.sheet.model.shown}
    assert sheet["domicile"].value == "US"
    unknown = next(place for place, item in enumerate(pane.sheet.model.shown) if item.value is None)
    assert "Unknown" in pane.sheet.model.text(unknown, 1)


def test_two_sources_that_differ_are_named_with_the_close_that_counts_and_a_rank_decides(
        own: Window, settle: Settle, tmp_path: Path) -> None:
    file = tmp_path / "second.csv"
    file.write_text("date,symbol,close,currency,source\n2026-10-30,IBIT,55.40,USD,vendor 2\n"
                    "2026-10-30,FBTC,84.25,USD,vendor 2\n", encoding="utf-8")
    own.preview([file])
    settle(own)
    own.views["data"].accept_files()  # type: ignore[attr-defined]
    settle(own)
    pane = page(own, "sources", settle)
    (found,) = pane.table.model.shown
    assert (found.symbol, {found.close, found.other_close}) == ("IBIT", {Decimal("54.85"), Decimal("55.40")})
    assert found.used == found.source == "vendor 2", "without a rank the latest file counts"
    assert abs(found.difference_bp - Decimal("0.55") * 10_000 / Decimal("55.40")) < Decimal("0.01")
    pane.rank_source("generated, illustrative", "1", "25", "the exchange's own file")
    settle(own)
    first = pane.ranks.model.shown[0]
    assert (first.source, first.rank, first.tolerance_bp) == ("generated, illustrative", 1, 25)
    assert pane.table.model.shown[0].used == "generated, illustrative"


def test_every_page_follows_the_language_and_the_palette(own: Window, settle: Settle) -> None:
    page(own, "import", settle)
    view: Any = own.views["data"]
    own.set_language("ru")
    own.set_look("dark", 100)
    for key in view.sections:
        section = page(own, key, settle)
        assert section.table.grid.accessibleName()
    sum_head = next(column for column in view.registers.table.model.columns if column.key == "licence")
    assert sum_head.heading(own.context.look) == "Лицензия"
    assert view.eligibility.sheet.grid.accessibleName()


def test_nothing_is_written_while_the_past_is_shown(own: Window, settle: Settle) -> None:
    own.bar.known.setText("31.12.2026 18:00")
    own.bar.known.returnPressed.emit()
    settle(own)
    for key in ("completeness", "prices", "sources", "reconciliation", "accounts"):
        pane = page(own, key, settle)
        assert pane._actions and not any(action.isEnabled() for action, _, _ in pane._actions), key


def _enrol(book: Path, folder: Path) -> tuple[Path, Path]:
    """Enrol two persons in a book; returns their key files."""
    keys, role = (folder / "one.key", folder / "two.key"), Role.MIDDLE_OFFICE
    with Workstation.open(book, actor="Analyst 1", write=True) as station:
        for file, name in zip(keys, ("Analyst 1", "Analyst 2"), strict=True):
            signer = people.make_key(file, name, PASSPHRASE)
            if station.people.enrolled:
                station.people.sign_in(people.open_key(keys[0], PASSPHRASE))
            station.people.enrol(name, role, signer.public_key, station.people.proof(signer, role))
    return keys
