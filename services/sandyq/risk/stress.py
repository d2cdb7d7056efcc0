"""What a scenario does to each line, how that was derived, and the smallest coin fall that costs a given loss.

The ladder for a line's own move: stated for the instrument; stated for its kind; for a fund of coins the moves of its
coins, for a company and a fund of companies (1 + coin move)^β − 1, because the betas are of log returns and a share
cannot lose more than everything; the scenario's fall-back for its kind; Unknown. A line is never unmoved for want of
data: only a scenario that leaves all coins alone leaves unnamed lines alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Final

from sandyq.basics.decimals import ONE, WIDE, ZERO, from_float, product
from sandyq.basics.text import N_, Text
from sandyq.reference.kinds import FUNDS, Kind
from sandyq.risk.scenario import OTHERS, Origin, Scenario

BY_COINS: Final = frozenset({Kind.SPOT_ETF, Kind.ETP, Kind.FUTURES_ETF})
_STEP: Final = Decimal("0.0001")
_ESTIMATE: Final = Decimal("0.000001")


class Derived(StrEnum):
    """How a move was found."""

    STATED = "stated"
    COIN = "coin"
    BETA = "beta"
    KIND = "kind"
    FALLBACK = "fallback"
    UNMOVED = "unmoved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of an instrument whatever the scenario. `coins` are (coin, share of the assets).

    `beta` is measured against `coins`' first coin on log returns; None where the evidence is too thin; `beta_note` says
    whose it is.
    """

    symbol: str
    kind: Kind
    coins: tuple[tuple[str, Decimal], ...]
    beta: Decimal | None = None
    beta_note: Text = field(default_factory=lambda: N_("measured beta"))
    leverage: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Move:
    """A relative move of one line under a scenario; None is Unknown."""

    value: Decimal | None
    derived: Derived
    say: Callable[[], Text]
    """Makes the sentence: figures while somebody types need none."""

    @property
    def note(self) -> Text:
        return self.say()


@dataclass(frozen=True, slots=True)
class Held:
    """A line to be stressed: USD, the custodians of its coins, the venue. `value` None is Unknown."""

    symbol: str
    value: Decimal | None
    custody: Mapping[str, Decimal | None] = field(default_factory=dict)
    venue: str = ""


@dataclass(frozen=True, slots=True)
class LineLoss:
    """One line: `gain` in USD (negative is a loss), None Unknown."""

    symbol: str
    value: Decimal | None
    move: Move
    gain: Decimal | None
    halted: bool = False


@dataclass(frozen=True, slots=True)
class StressResult:
    """One scenario. `gain` in USD, None when any line is Unknown; `custodian` names who fails in it."""

    scenario: Scenario
    lines: tuple[LineLoss, ...]
    gain: Decimal | None
    custodian: str = ""

    @property
    def loss(self) -> Decimal | None:
        return None if self.gain is None else -self.gain


class StressModel:
    """Moves of instruments under scenarios; each pair is derived once and kept.

    `coin_betas`: coin → beta of its log returns to bitcoin's, for coins that a scenario does not name.
    """

    def __init__(self, library: Sequence[Scenario], subject_of: Callable[[str], Subject | None],
                 coin_betas: Callable[[str], Decimal | None]) -> None:
        self.library = tuple(library)
        self._subject_of = subject_of
        self._coin_beta = coin_betas
        self._moves: dict[tuple[str, str], Move] = {}
        self._subjects: dict[str, Subject | None] = {}

    def move(self, symbol: str, scenario: Scenario) -> Move:
        """Return a line's move without what a failing custodian adds."""
        if scenario.origin is Origin.USER:
            return self._derive(symbol, scenario)
        key = (symbol, scenario.id)
        if key not in self._moves:
            self._moves[key] = self._derive(symbol, scenario)
        return self._moves[key]

    def run(self, held: Iterable[Held], scenario: Scenario) -> StressResult:
        """Return every line's gain or loss."""
        lines = sorted(held, key=lambda line: line.symbol)
        failing = _largest_custodian(lines) if scenario.custodian is not None else ""
        found = tuple(self._line(line, scenario, failing) for line in lines)
        gain: Decimal | None = ZERO
        for line in found:
            gain = None if gain is None or line.gain is None else gain + line.gain
        return StressResult(scenario, found, gain, failing)

    def losses(self, held: Sequence[Held], scenarios: Sequence[Scenario]) -> tuple[Decimal | None, ...]:
        """Return what `run` would lose under each scenario, without its lines: for figures while somebody types."""
        with localcontext(WIDE):
            failing = _largest_custodian(held) if any(each.custodian is not None for each in scenarios) else ""
            lines = [line for line in held if line.value != ZERO]
            found: list[Decimal | None] = []
            for scenario in scenarios:
                total: Decimal | None = ZERO
                for line in lines:
                    move = self.move(line.symbol, scenario).value
                    if line.value is None or move is None or total is None:
                        total = None
                        break
                    if scenario.custodian is not None and self._held_there(line, failing):
                        move = _onto(move, scenario.custodian)
                    total -= line.value * move
                found.append(total)
        return tuple(found)

    def _held_there(self, line: Held, failing: str) -> bool:
        subject = self._subject(line.symbol)
        return subject is not None and subject.kind in FUNDS and ("" in line.custody or failing in line.custody)

    def _line(self, line: Held, scenario: Scenario, failing: str) -> LineLoss:
        move = own = self.move(line.symbol, scenario)
        extra = scenario.custodian
        if extra is not None and own.value is not None and self._held_there(line, failing):
            move = Move(_onto(own.value, extra), own.derived, lambda: N_(
                "{move}; its coins lie with {custodian}: {extra} % more", move=own.note,
                custodian=failing or N_("a custodian that is not known"), extra=percent(extra)))
        value = line.value
        # Nothing held loses nothing, whatever the move.
        gain = ZERO if value == ZERO else None if value is None or move.value is None else product(value, move.value)
        return LineLoss(line.symbol, value, move, gain, line.venue in scenario.halted)

    def _subject(self, symbol: str) -> Subject | None:
        if symbol not in self._subjects:
            self._subjects[symbol] = self._subject_of(symbol)
        return self._subjects[symbol]

    def _derive(self, symbol: str, scenario: Scenario) -> Move:
        subject = self._subject(symbol)
        found = self._own(symbol, subject, scenario)
        premium = scenario.premiums.get(symbol)
        if premium is None and subject is not None:
            premium = scenario.premiums.get(subject.kind.value)
        if premium is None or found.value is None:
            return found
        return Move(_onto(found.value, premium), found.derived, lambda: N_(
            "{move}; premium {premium} %", move=found.note, premium=percent(premium)))

    def _own(self, symbol: str, subject: Subject | None, scenario: Scenario) -> Move:
        stated = scenario.symbols.get(symbol)
        if stated is not None:
            return Move(stated, Derived.STATED, lambda: N_("stated for {symbol}", symbol=symbol))
        if subject is None:
            return Move(None, Derived.UNKNOWN, lambda: N_("nothing is known of {symbol}", symbol=symbol))
        by_kind = scenario.kinds.get(subject.kind.value)
        if by_kind is not None:
            return Move(by_kind, Derived.KIND, lambda: N_("stated for its kind"))
        if not scenario.moves_coins:
            return Move(ZERO, Derived.UNMOVED, lambda: N_("the scenario leaves it where it is"))
        found = (self._by_coins(subject, scenario) if subject.kind in BY_COINS
                 else self._by_measured_beta(subject, scenario))
        fallback = scenario.fallbacks.get(subject.kind.value)
        if found is None and fallback is not None:
            return Move(fallback, Derived.FALLBACK, lambda: N_("the scenario's fall-back for its kind"))
        return found or Move(None, Derived.UNKNOWN, lambda: N_("no move is stated and no beta has enough evidence"))

    def _by_measured_beta(self, subject: Subject, scenario: Scenario) -> Move | None:
        beta = scenario.betas.get(subject.symbol, subject.beta)
        coin = subject.coins[0][0] if subject.coins else "BTC"
        moved = self._coin_move(coin, scenario)
        if beta is None or moved is None:
            return None
        note = N_("given beta") if subject.symbol in scenario.betas else subject.beta_note
        return Move(_by_beta(moved, beta), Derived.BETA, lambda: N_(
            "{note} {beta} × {coin} {move} %", note=note, beta=round(beta, 2), coin=coin, move=percent(moved)))

    def _by_coins(self, subject: Subject, scenario: Scenario) -> Move | None:
        """Return the move of a fund by its coins; what its weights leave open moves with the worst of them."""
        moves = [(share, self._coin_move(coin, scenario)) for coin, share in subject.coins]
        if not moves or any(move is None for _, move in moves):
            return None
        known = [(share, move) for share, move in moves if move is not None]
        rest = max(ONE - sum((share for share, _ in known), ZERO), ZERO)
        total = sum((product(share, move) for share, move in known), ZERO)
        total = product(total + product(rest, min(move for _, move in known)), subject.leverage)
        names = ", ".join(coin for coin, _ in subject.coins)
        return Move(max(total, -ONE), Derived.COIN, lambda: N_("moves with {coins}", coins=names))

    def _coin_move(self, coin: str, scenario: Scenario) -> Decimal | None:
        """Return a coin's move: stated, else by its beta to bitcoin, else what is stated for other coins."""
        if coin in scenario.coins:
            return scenario.coins[coin]
        bitcoin = scenario.coins.get("BTC")
        if OTHERS in scenario.coins:
            return scenario.coins[OTHERS]
        beta = self._coin_beta(coin) if bitcoin is not None else None
        return _by_beta(bitcoin, beta) if bitcoin is not None and beta is not None else None


def percent(ratio: Decimal) -> Decimal:
    """Return a ratio in per cent, to a tenth: for sentences."""
    return (ratio * 100).quantize(Decimal("0.1"), context=WIDE)


def _by_beta(move: Decimal, beta: Decimal) -> Decimal:
    """(1 + move)^β − 1, to a ten-thousandth of a per cent: an estimate. Everything lost stays everything lost."""
    if move <= -ONE:
        return -ONE if beta > 0 else ZERO
    return (from_float(float(ONE + move) ** float(beta)) - ONE).quantize(_ESTIMATE, context=WIDE)


def _onto(move: Decimal, extra: Decimal) -> Decimal:
    """Return a move and another on top of it."""
    return product(ONE + move, ONE + extra) - ONE


def _largest_custodian(lines: Iterable[Held]) -> str:
    """Return the custodian with most coins in USD, by name where two are equal; empty when none is known."""
    kept: dict[str, Decimal] = {}
    for line in lines:
        for name, value in line.custody.items():
            if name:
                kept[name] = kept.get(name, ZERO) + (value or ZERO)
    return min(kept, key=lambda name: (-kept[name], name)) if kept else ""


def largest_fall(model: StressModel, held: Sequence[Held], loss: Decimal) -> tuple[Decimal | None, StressResult]:
    """Return the smallest fall of all coins that costs `loss` USD (F086), to a hundredth of a per cent, rounded up.

    None when a line is Unknown, or when even worthless coins do not cost as much: the result then shows the total fall.
    """
    lines = tuple(held)

    def fallen(by: Decimal) -> StressResult:
        return model.run(lines, Scenario("reverse", {"en": "All coins"}, Origin.USER, coins={OTHERS: -by}))

    whole = fallen(ONE)
    if whole.loss is None or whole.loss < loss:
        return None, whole
    low, high = 0, int(ONE / _STEP)
    while high - low > 1:
        middle = (low + high) // 2
        cost = fallen(middle * _STEP).loss
        assert cost is not None
        low, high = (low, middle) if cost >= loss else (middle, high)
    return high * _STEP, fallen(high * _STEP)
