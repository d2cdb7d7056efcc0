"""How a limit is written in each column of the Limits view, and in which order limits stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from sandyq.basics.decimals import from_float, product
from sandyq.basics.findings import Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.result import SEVERITY, LimitResult, LimitsRun, State
from sandyq_desktop.context import ViewContext
from sandyq_desktop.icons import Shape, draw, shape_of
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import BILLION, MILLION, limit_digits, scaled, shown_value, unit_word
from sandyq_desktop.tables import bullet, sparkline
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.views.breach_rows import WAIVED, cure_words

if TYPE_CHECKING:
    from sandyq.workstation.breached import Breach

_OVER = frozenset({State.BREACH, State.SOFT_BREACH})
_SAME = frozenset({State.OK, State.NOT_APPLICABLE, State.UPCOMING})


def ordered(run: LimitsRun) -> tuple[LimitResult, ...]:
    """Return the limits worst first, and by use inside a state."""
    return tuple(sorted(run.results, key=lambda r: (SEVERITY[r.state], -use(r), r.limit.id)))


def use(result: LimitResult) -> Decimal:
    part = result.worst
    return part.utilisation if part is not None and part.utilisation is not None else Decimal(-1)


class Rows:
    """How a limit is written in each column."""

    def __init__(self, context: ViewContext) -> None:
        self._context = context
        self._look = context.look
        self.series: Mapping[str, Sequence[float | None]] = {}
        """Values of the last 63 trading days by limit, empty until the worker has them."""
        self.breaches: Mapping[str, Breach] = {}
        """The open breach of each limit, empty until the worker has the register."""

    def columns(self) -> tuple[Column, ...]:
        return (
            Column("state", N_("State"), self._state_words, paint=self._state, stretch=False,
                   spoken=lambda r, _look: self._state_words(r), least=96, sort=lambda r: (SEVERITY[r.state],),
                   width=0, weight=_weight, extra=18),
            Column("id", N_("Id"), lambda r: r.limit.id, tone=lambda _r: "tx2"),
            Column("limit", N_("Limit"), self._title, weight=lambda r: 500 if r.state not in _SAME else 400,
                   stretch=True, least=150, most=250),
            Column("scope", N_("Scope or worst"), self._scope, role="small", tone=lambda _r: "tx2", leaves=5, most=140,
                   stretch=True),
            Column("value", N_("Value"), lambda r: shown_value(r.worst), number=True,
                   digits=lambda r: limit_digits(r.worst), weight=lambda r: 500 if r.state not in _SAME else 400),
            Column("unit", N_("Unit"), lambda r: unit_word(r.worst, self._look), role="caption",
                   tone=lambda _r: "tx3"),
            Column("bar", N_("Limit in force = 100"), use, width=bullet.WIDTH, paint=self._bar,
                   head_paint=bullet.paint_scale, spoken=self._spoken),
            Column("use", N_("Use %"), self._use, number=True, digits=0),
            Column("usd", self._usd_title, self._usd, number=True, digits=1, tone=_negative),
            Column("shares", N_("Headroom\nshares"), lambda r: _headroom(r, "shares"), number=True, digits=0,
                   after=_headroom_symbol, tone=_negative, leaves=3),
            Column("move", N_("Coin\nmove %"), self._move, number=True, digits=1, sign=True, tone=_move_tone),
            Column("cure", N_("Cure"), self._cure, role="small", tone=lambda _r: "t_soft", leaves=4, most=160),
            Column("trend", N_("63 days"), lambda _r: "", width=int(sparkline.WIDTH) + 12, paint=self._trend,
                   spoken=lambda _r, _look: "", leaves=1),
            Column("change", N_("1-day\nchange"), self._change, number=True, sign=True,
                   digits=lambda r: limit_digits(r.worst), leaves=2),
        )

    def _trend(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        del ground
        token = "t_soft" if row.state in {State.BREACH, State.SOFT_BREACH} else "tx3"
        sparkline.paint_sparkline(painter, cell, self.series.get(row.limit.id, ()), look, token)

    def _change(self, result: LimitResult) -> object:
        """The change since the trading day before, in the unit of the value; blank until it is known."""
        known = self.series.get(result.limit.id, ())[-2:]
        if result.worst is None or result.worst.value is None or len(known) < 2 or known[0] is None:
            return ""
        return scaled(result.worst.value - from_float(known[0]), result.worst.part.unit)

    def _title(self, result: LimitResult) -> str:
        return self._look.words.title(result.limit.title)

    def _state(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        size, color = look.px(12), look.palette.word(row.state)
        left = cell.left() + look.px(6)
        shape = Shape.WAIVED if self._waived(row) else shape_of(row.state)
        draw(painter, shape, QRectF(left, cell.center().y() - size / 2, size, size), color,
             look.color(ground))
        painter.setFont(look.font("body", _weight(row)))
        painter.setPen(color if row.state is not State.OK else look.color("tx2"))
        painter.drawText(QRectF(left + look.px(18), cell.top(), cell.width(), cell.height()),
                         int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._state_words(row))

    def _bar(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        del ground
        bullet.paint_bullet(painter, cell, bullet.bullet_of(row.worst, row.state), look)

    @staticmethod
    def _spoken(row: Any, look: Look) -> str:
        unit = row.worst.part.unit if row.worst else ""
        return bullet.spoken(bullet.bullet_of(row.worst, row.state), look, unit)

    def _scope(self, result: LimitResult) -> str:
        part = result.worst
        if part is None:
            return self._look.say(result.note) if result.note else ""
        if part.state is State.UNKNOWN and part.findings:
            missing = next((f for f in part.findings if f.severity is Severity.ERROR), part.findings[0])
            return self._look.say(missing.text)
        if part.group:
            return part.group
        if part.denominator is not None and part.denominator_day is not None:
            amount = self._look.words.language.number(part.denominator / (MILLION * 1000), 1)
            return self._look.say(N_("{amount} bn, {day}", amount=amount, day=part.denominator_day))
        return self._look.words.title({"en": self._look.say(result.note)}) if result.note else ""

    def _use(self, result: LimitResult) -> object:
        part = result.worst
        if part is None or part.state in {State.NOT_APPLICABLE, State.UPCOMING}:
            return ""
        if part.part.direction == "min" and part.utilisation is not None:
            return self._look.say(N_("min"))
        return None if part.utilisation is None else part.utilisation * 100

    def _usd(self, result: LimitResult) -> object:
        usd = _headroom(result, "usd")
        if not isinstance(usd, Decimal) or self._context.currency == "USD":
            return usd / MILLION if isinstance(usd, Decimal) else usd
        rate = self._context.kzt_rate
        return None if rate is None else product(usd, rate) / BILLION

    def _usd_title(self) -> Text:
        return N_("Headroom\nUSD m") if self._context.currency == "USD" else N_("Headroom\nKZT bn")

    def _move(self, result: LimitResult) -> object:
        part = result.worst
        if part is None or part.state in {State.NOT_APPLICABLE, State.UPCOMING}:
            return ""
        if part.headroom.coin_move_beyond:
            return "> +100"
        return None if part.headroom.coin_move is None else part.headroom.coin_move * 100

    def _waived(self, result: LimitResult) -> bool:
        breach = self.breaches.get(result.limit.id)
        return breach is not None and breach.waiver is not None and result.state in _OVER

    def _state_words(self, result: LimitResult) -> str:
        return self._look.say(WAIVED) if self._waived(result) else self._look.words.state(result.state)

    def _cure(self, result: LimitResult) -> str:
        if result.state not in _OVER:
            return ""
        breach = self.breaches.get(result.limit.id)
        if breach is not None:
            return self._look.say(cure_words(breach))
        return self._look.say(N_("within {days} bd", days=result.limit.cure_days)) if result.limit.cure_days else ""


def _headroom(result: LimitResult, which: str) -> object:
    part = result.worst
    if part is None or part.state in {State.NOT_APPLICABLE, State.UPCOMING}:
        return ""
    found: object = getattr(part.headroom, which)
    return found


def _headroom_symbol(result: LimitResult) -> str:
    part = result.worst
    return part.headroom.symbol if part is not None and part.headroom.shares is not None else ""


def _weight(result: LimitResult) -> int:
    return 400 if result.state in _SAME else 600


def _negative(result: LimitResult) -> str:
    usd = result.worst.headroom.usd if result.worst else None
    return "t_soft" if usd is not None and usd < 0 else "tx"


def _move_tone(result: LimitResult) -> str:
    move = result.worst.headroom.coin_move if result.worst else None
    over = result.state in {State.BREACH, State.SOFT_BREACH}
    return "t_soft" if over and move is not None and move < 0 else "tx"
