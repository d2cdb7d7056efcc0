"""The Orders view: typed numbers, undo, rows from a spreadsheet, the live check, the verdict."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sandyq.basics.language import Language
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.limits.cure import Cure, Left, Sale
from sandyq.limits.mandate import Limit, Part
from sandyq.limits.result import Change, Check, Headroom, Largest, LimitResult, Order, PartResult, State, Verdict
from sandyq.market.series import PricePoint
from sandyq.workstation.contract import Question
from sandyq.workstation.risk import Effects
from sandyq_desktop import fonts, palette
from sandyq_desktop.context import ViewContext
from sandyq_desktop.look import Look
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.order_changes import ChangeRows, ordered
from sandyq_desktop.views.order_draft import Draft, Row, amount, incomplete, number, order_of, rows_of, shares_for
from sandyq_desktop.views.orders import DEBOUNCE, OrdersView
from sandyq_desktop.words import Words

pytestmark = pytest.mark.window
DAY = date(2025, 10, 3)
CAP = Decimal(300_000_000)
BEFORE = Decimal(290_000_000)
CLOSE = {"IBIT": Decimal("69.81"), "NVDA": Decimal("187.62")}


def result(limit: Limit, value: Decimal) -> LimitResult:
    state = State.BREACH if value > CAP else State.OK
    over = value - CAP if value > CAP else None
    one = PartResult(limit.parts[0], state, "", value, value, None, value / CAP, over, over,
                     Headroom(usd=CAP - value), (), ())
    return LimitResult(limit, state, one, (one,))


def limit(number_: str, title: str) -> Limit:
    part = Part("net_invested", title, "USD", "max", None, None, CAP)
    return Limit(number_, "1", {"en": title}, "", "", "", date(2025, 1, 1), None, (part,), None, "KZ", "Risk 1")


class Quiet:
    """An order desk without orders."""

    def now(self) -> datetime:
        return datetime(2025, 10, 3, 9, tzinfo=UTC)

    def tickets(self, _q: Question) -> tuple[()]:
        return ()

    def cure(self, _q: Question, days: int, share_of_volume: Decimal) -> Cure:
        """One sale cures one limit; another limit stays beyond."""
        sale = Sale(Order("sell", Decimal(65_563), "IBIT", CLOSE["IBIT"]), (Decimal(65_563),), Decimal("-4576953.03"))
        return Cure(days, share_of_volume, (sale,), 1, ("L01",), (Left("L16", "unmoved", N_("No sale helps.")),))


class Risks:
    """A risk desk that knows the days to exit and no tail."""

    def effects(self, _q: Question, orders: tuple[Order, ...]) -> Effects:
        return Effects((), Decimal("1.7"), None if len(orders) > 1 else Decimal("2.1"))


class Door:
    """A small workstation: one cap of 300 m on 290 m that is held, and one limit that no order moves."""

    def __init__(self) -> None:
        self.orders = Quiet()
        self.risk = Risks()
        self.checks: list[tuple[tuple[Order, ...], bool, float]] = []

    def symbols(self, _q: Question) -> tuple[tuple[str, str], ...]:
        return (("IBIT", "iShares Bitcoin Trust"), ("NVDA", "NVIDIA Corp"))

    def last_price(self, _q: Question, symbol: str) -> PricePoint | None:
        if symbol not in CLOSE:
            return None
        return PricePoint(DAY, CLOSE[symbol], "USD", CLOSE[symbol], Decimal(1), "T", "close", "file", None,
                          Origin(1, 2))

    def check(self, q: Question, orders: tuple[Order, ...], *, largest: bool = True) -> Check:
        self.checks.append((orders, largest, time.perf_counter()))
        net = sum((o.quantity * o.price * (1 if o.side == "buy" else -1) for o in orders), Decimal(0))
        moved, still = limit("L01", "Net invested capital"), limit("L06", "Direct tokens")
        after = result(moved, BEFORE + net)
        refused = after.state is State.BREACH
        verdict = Verdict.REFUSED if refused else Verdict.PASS
        reason = N_("Net invested would be beyond the hard limit by {excess} USD.",
                    excess=BEFORE + net - CAP) if refused else None
        changes = (Change(still, result(still, Decimal(0)), result(still, Decimal(0)), Verdict.PASS, False, None),
                   Change(moved, result(moved, BEFORE), after, verdict, True, reason))
        most = tuple(Largest(o.symbol, o.side, shares_for(CAP - BEFORE, o.price), "L01", None) for o in orders)
        return Check(q.as_of, orders, verdict, changes, (("L01", verdict, reason),) if reason else (),
                     most if largest else (), net)


class Tasks:
    """A worker that answers at once."""

    def __init__(self, door: object) -> None:
        self.door = door

    def ask(self, work: Callable[[object], object], then: Callable[[object], None], **_: object) -> None:
        then(work(self.door))


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> OrdersView:
    fonts.load()
    context = ViewContext(palette.LIGHT, fonts.Fonts(), Words(), Tasks(Door()), Question(DAY))  # type: ignore[arg-type]
    shown = OrdersView(context)
    qtbot.addWidget(shown)
    shown.resize(1450, 900)
    shown.refresh()
    return shown


def door_of(view: OrdersView) -> Door:
    found = view._context.tasks.door  # type: ignore[attr-defined]
    assert isinstance(found, Door)
    return found


def fill(view: OrdersView, symbol: str, quantity: str, price: str = "") -> None:
    QTest.keyClicks(view.lines.field(0, "symbol"), symbol)
    QTest.keyClicks(view.lines.field(0, "quantity"), quantity)
    QTest.keyClicks(view.lines.field(0, "price"), price)


@pytest.mark.parametrize(("text", "code", "value"), [
    ("250 000", "en", "250000"), ("250\u202f000.5", "en", "250000.5"), ("250,000", "en", "250000"),
    ("70,20", "ru", "70.20"), ("70.20", "kk", "70.20"), ("1\u00a0234,5", "ru", "1234.5"),
    ("−5", "en", "-5"),
])
def test_numbers_are_read_as_the_language_writes_them(text: str, code: str, value: str) -> None:
    assert number(text, code) == Decimal(value)


@pytest.mark.parametrize(("text", "code"), [
    ("70,20", "en"), ("1,2,3", "en"), ("1.234,5", "ru"), ("abc", "en"), ("", "ru"), ("NaN", "en"), ("1e5", "en"),
])
def test_what_may_be_misread_is_not_read(text: str, code: str) -> None:
    assert number(text, code) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10**12, max_value=10**12),
       st.sampled_from(["en", "ru", "kk"]))
def test_a_number_that_is_shown_can_be_typed_again(value: Decimal, code: str) -> None:
    assert number(Language(code).number(value), code) == value


@pytest.mark.parametrize(("text", "code", "value"), [
    ("25m", "en", 25_000_000), ("25 M", "en", 25_000_000), ("2,5 млн", "ru", 2_500_000), ("700k", "en", 700_000),
    ("25 мың", "kk", 25_000), ("0.3bn", "en", 300_000_000),
])
def test_an_amount_is_a_number_with_a_suffix(text: str, code: str, value: int) -> None:
    assert amount(text, code) == value


def test_an_amount_becomes_whole_shares_that_cost_no_more() -> None:
    shares = shares_for(Decimal(25_000_000), Decimal("69.81"))
    assert shares == 358_114
    assert shares * Decimal("69.81") <= 25_000_000 < (shares + 1) * Decimal("69.81")


def test_rows_from_a_spreadsheet_may_have_a_side_a_heading_and_negative_sales() -> None:
    text = "Side\tSymbol\tQuantity\nbuy\tibit\t250 000\t70.20\nПродать\tNVDA\t20000\t187\t0.5\nMSTR\t-9000\n"
    assert rows_of(text) == (Row("buy", "IBIT", "250 000", "70.20", ""), Row("sell", "NVDA", "20000", "187", "0.5"),
                             Row("sell", "MSTR", "9000", "", ""))


def test_an_order_without_a_price_is_tested_at_the_last_one_and_without_any_it_waits() -> None:
    assert order_of(Row("buy", "ibit", "10"), "en", CLOSE.get) == Order("buy", Decimal(10), "IBIT", CLOSE["IBIT"])
    assert order_of(Row("buy", "XXXX", "10"), "en", CLOSE.get) is None
    assert incomplete((Row(), Row("buy", "XXXX", "10"), Row("buy", "IBIT", "")), "en", CLOSE.get) == (2, 3)


@given(st.lists(st.tuples(st.sampled_from(["symbol", "quantity", "price"]), st.text("abc123", max_size=4)),
                max_size=12))
def test_undoing_everything_gives_the_empty_draft_and_redoing_gives_it_back(edits: list[tuple[str, str]]) -> None:
    draft = Draft()
    for name, value in edits:
        draft.edit(0, name, value)
    last = draft.rows
    while draft.undo():
        pass
    assert draft.rows == (Row(),)
    while draft.redo():
        pass
    assert draft.rows == last


def test_the_letters_of_one_cell_are_undone_together() -> None:
    draft = Draft()
    for text in ("I", "IB", "IBIT"):
        draft.edit(0, "symbol", text)
    draft.edit(0, "quantity", "5")
    draft.undo()
    assert draft.rows == (Row(symbol="IBIT"),)
    draft.undo()
    assert draft.rows == (Row(),)


def test_a_change_of_language_keeps_the_numbers_and_not_the_letters() -> None:
    draft = Draft()
    draft.edit(0, "quantity", "1,000")
    draft.edit(0, "price", "70.25")
    draft.respell("en", Language("ru"))
    assert number(draft.rows[0].quantity, "ru") == 1000
    assert number(draft.rows[0].price, "ru") == Decimal("70.25")


def test_the_check_follows_the_keys_within_the_debounce(view: OrdersView, qtbot: QtBot) -> None:
    fill(view, "IBIT", "100", "70")
    typed = time.perf_counter()
    assert not door_of(view).checks
    qtbot.waitUntil(lambda: len(door_of(view).checks) == 2, timeout=2000)
    (orders, largest, when), (_, second, _) = door_of(view).checks
    assert orders == (Order("buy", Decimal(100), "IBIT", Decimal(70)),)
    assert (largest, second) == (False, True)
    assert DEBOUNCE / 1000 * 0.5 < when - typed < DEBOUNCE / 1000 + 0.25
    assert view.check is not None
    assert view.check.verdict is Verdict.PASS


def test_a_refusal_shows_its_reason_and_the_largest_order_can_be_put_in_the_draft(view: OrdersView,
                                                                                  qtbot: QtBot) -> None:
    fill(view, "IBIT", "25m")
    view.lines.field(0, "quantity").editingFinished.emit()
    assert view.draft.rows[0].quantity == "358\u202f114"
    qtbot.waitUntil(lambda: bool(view.panel.buttons), timeout=2000)
    assert view.check is not None
    assert view.check.verdict is Verdict.REFUSED
    assert view.panel.word.accessibleName() == "Refused"
    assert view.table.model.rowCount() == 1
    QTest.mouseClick(view.panel.buttons[0], Qt.MouseButton.LeftButton)
    assert view.draft.rows[0].quantity == "143\u202f245"
    qtbot.waitUntil(lambda: view.check is not None and view.check.verdict is Verdict.PASS, timeout=2000)
    assert not view.grab().isNull()


def test_limits_that_do_not_move_are_folded_and_counted(view: OrdersView, qtbot: QtBot) -> None:
    fill(view, "IBIT", "100")
    qtbot.waitUntil(lambda: view.check is not None, timeout=2000)
    assert view._fold.text() == "Show the limits not moved by this draft (1): L06"
    QTest.mouseClick(view._fold, Qt.MouseButton.LeftButton)
    assert view.table.model.rowCount() == 2


def test_refusals_come_first_and_then_changed_states() -> None:
    door = Door()
    check = door.check(Question(DAY), (Order("buy", Decimal(1_000_000), "IBIT", Decimal(70)),))
    assert [change.limit.id for change in ordered(check.changes)] == ["L01", "L06"]


def test_an_answer_to_an_older_draft_is_not_shown(view: OrdersView, qtbot: QtBot) -> None:
    fill(view, "IBIT", "100")
    held: list[Callable[[], None]] = []
    tasks = view._context.tasks
    ask = tasks.ask
    tasks.ask = lambda work, then, **_: held.append(lambda: then(work(door_of(view))))  # type: ignore[method-assign, assignment, misc]
    qtbot.waitUntil(lambda: bool(held), timeout=2000)
    tasks.ask = ask  # type: ignore[method-assign]
    view.edit(0, "quantity", "200")
    held[0]()
    assert view.check is None


def test_an_incomplete_line_is_named_and_not_checked(view: OrdersView, qtbot: QtBot) -> None:
    view.paste(0, "buy\tIBIT\t100\nbuy\tXXXX\t5\n")
    qtbot.waitUntil(lambda: view.check is not None, timeout=2000)
    assert [order.symbol for order in view.orders()] == ["IBIT"]
    assert "line 2" in view.panel._meaning.text()


def test_pasting_rows_fills_the_draft_and_one_undo_takes_them_back(view: OrdersView) -> None:
    view.paste(0, "buy\tIBIT\t250000\t70.20\nsell\tNVDA\t20000\t187\n")
    assert [order.symbol for order in view.orders()] == ["IBIT", "NVDA"]
    assert view.lines.field(1, "symbol").text() == "NVDA"
    QTest.keyClick(view.lines.field(0, "symbol"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert view.draft.rows == (Row(),)
    assert view.lines.field(0, "symbol").text() == ""


def test_a_failed_check_leaves_no_verdict(view: OrdersView, qtbot: QtBot) -> None:
    from sandyq.basics.errors import BadInput

    fill(view, "IBIT", "100")
    qtbot.waitUntil(lambda: view.check is not None, timeout=2000)
    view._failed(BadInput("no-mandate", N_("The book has no mandate.")))
    assert view.check is None
    assert view.panel.word.accessibleName() == "No verdict yet"


def test_every_field_has_a_name_for_the_ear(view: OrdersView) -> None:
    for name in ("symbol", "quantity", "price", "fee"):
        assert view.lines.field(0, name).accessibleName().endswith("of line 1")


def test_the_smallest_cure_is_shown_and_its_sales_can_be_put_in_the_draft(view: OrdersView) -> None:
    assert view.panel.cure.cure is None, "it is looked for when it is asked for"
    view.panel.cure.seek.click()
    assert view.panel.cure.wish == (1, Decimal("0.10"))
    view.panel.cure.button.click()
    assert view.draft.rows[0].side == "sell"
    assert view.orders() == (Order("sell", Decimal(65_563), "IBIT", CLOSE["IBIT"]),)
    view.step(True)
    assert view.orders() == ()


def test_another_share_of_volume_asks_for_another_cure(view: OrdersView) -> None:
    view.panel.cure._share.setCurrentIndex(0)
    assert view.panel.cure.cure is None
    view.panel.cure.seek.click()
    view.panel.cure._share.setCurrentIndex(2)
    assert view.panel.cure.cure is not None
    assert view.panel.cure.cure.share_of_volume == Decimal("0.20")


def test_the_effect_on_risk_is_told_and_unknown_stays_unknown(view: OrdersView, qtbot: QtBot) -> None:
    fill(view, "IBIT", "100", "70")
    qtbot.waitUntil(lambda: view.panel.risk.effects is not None, timeout=2000)
    assert view.panel.risk.texts[-1] == "Days to exit, 95 % 1.7 2.1"
    view.paste(1, "buy\tNVDA\t5\t180\n")
    qtbot.waitUntil(lambda: "unknown" in view.panel.risk.texts[-1], timeout=2000)
    view._clear()
    qtbot.waitUntil(lambda: view.panel.risk.isHidden(), timeout=2000)


def test_each_line_of_several_tells_what_the_limits_say_to_it_alone(view: OrdersView, qtbot: QtBot) -> None:
    view.paste(0, "buy\tIBIT\t1000000\t70\nsell\tNVDA\t5\t180\n")
    found = [view.lines._rows[place]["result"] for place in (0, 1)]
    qtbot.waitUntil(lambda: bool(found[0].accessibleName()), timeout=2000)
    assert [one.accessibleName() for one in found] == ["Refused: L01", "Passes"]
    view._remove(1)
    assert not view.lines._rows[0]["result"].accessibleName()


def test_each_limit_says_at_which_level_it_speaks(look: Look) -> None:
    def at(name: str, measure: str, denominator: str, book: str) -> Change:
        plain = limit(name, name)
        part = replace(plain.parts[0], measure=measure, denominator=denominator)
        one = result(replace(plain, parts=(part,)), Decimal(1))
        return Change(one.limit, one, one, Verdict.PASS, True, None, book=book)

    table = Table(ChangeRows(look).columns(), look, "Changes")
    table.show_rows([at("L01", "net_invested", "", ""), at("L02", "market_value", "reserves:gross", ""),
                     at("L24", "programme", "", ""), at("*/L02", "market_value", "reserves:gross", "*")])
    place = [column.key for column in table.model.columns].index("level")
    assert [table.model.text(row, place) for row in range(4)] == ["Book", "Reserves", "Programme", "All books"]


def test_the_level_stays_in_sight_in_a_narrow_window(view: OrdersView, qtbot: QtBot) -> None:
    view.resize(1128, 700)
    fill(view, "IBIT", "1000")
    qtbot.waitUntil(lambda: view.check is not None)
    keys = [column.key for column in view.table.model.columns]
    assert "level" in keys
    assert not view.table.grid.isColumnHidden(keys.index("level"))
    place = keys.index("level")
    assert view.table.model.text(0, place) == "Book"
