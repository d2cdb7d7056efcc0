"""The tranche plan: what was bought of it, which tranche may be released on a day, and what may be bought under it.

A purchase belongs to the tranche that its order names; one that names none, to the tranche that was released on its
day; else it is laid on the plan by its day, which the answer says. Nothing here knows a clock or a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.decimals import ZERO, product
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.limits.mandate import Mandate, Tranche
from sandyq.limits.surroundings import GateSign, Override

_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase that counts for the plan: USD with its costs (None: no rate), the tranche its order named."""

    day: date
    amount: Decimal | None
    tranche: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A tranche that two persons released between two days, both included; `amount` in USD."""

    reference: str
    tranche: str
    amount: Decimal
    valid_from: date
    valid_to: date
    content_hash: str = ""

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to


class TrancheState(StrEnum):
    """DONE: bought in full, or a later one has begun; RELEASED: may be bought now; READY: may be released today; WAITS:
    may not, for reasons.
    """

    DONE = "done"
    RELEASED = "released"
    READY = "ready"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class TrancheStanding:
    """One tranche on a day. `done` USD bought for it, None Unknown; `laid`: some of it named no tranche.

    `earliest` counts the plan's day and the gap after the tranche before it. `reasons` say why it may not be released.
    Once a later tranche has begun, what is left of this one is not bought any more. `room`: USD that an override of
    the shut gate still leaves, None where the gate asks for no override or its override names no amount.
    """

    tranche: Tranche
    state: TrancheState
    done: Decimal | None
    laid: bool
    first_bought: date | None
    last_bought: date | None
    earliest: date | None
    release: Release | None
    reasons: tuple[Finding, ...]
    room: Decimal | None = None

    @property
    def left(self) -> Decimal | None:
        return None if self.done is None else max(self.tranche.amount - self.done, ZERO)

    @property
    def releasable(self) -> Decimal | None:
        """USD that may be released now; None is Unknown."""
        return self.left if self.left is None or self.room is None else min(self.left, self.room)


def shared_out(plan: Sequence[Tranche], bought: Sequence[Bought], releases: Sequence[Release]) -> dict[
        str, list[tuple[date, Decimal | None, bool]]]:
    """Return for each tranche its purchases as (day, USD, whether it was laid on the plan by its day).

    By its day: to the last tranche whose planned day had come. Tranches without a day follow the one before them.
    """
    found: dict[str, list[tuple[date, Decimal | None, bool]]] = {tranche.id: [] for tranche in plan}
    if not plan:
        return found
    for one in sorted(bought, key=lambda item: item.day):
        released = next((release.tranche for release in releases if release.in_force(one.day)
                         and release.tranche in found), "")
        come = [tranche.id for tranche in plan if tranche.earliest is not None and tranche.earliest <= one.day]
        named = one.tranche if one.tranche in found else released
        found[named or (come[-1] if come else plan[0].id)].append((one.day, one.amount, not named))
    return found


def standings(mandate: Mandate, bought: Sequence[Bought], releases: Sequence[Release], overrides: Sequence[Override],
              gate: GateSign | None, on: date, invested: Decimal | None) -> tuple[TrancheStanding, ...]:
    """Return every tranche of the plan as it stands on a day. `invested`: net invested capital in USD."""
    shares = shared_out(mandate.tranches, [one for one in bought if one.day <= on], releases)
    begun = max((place for place, one in enumerate(mandate.tranches) if shares[one.id]), default=-1)
    found: list[TrancheStanding] = []
    for place, tranche in enumerate(mandate.tranches):
        own = shares[tranche.id]
        amounts = [amount for _, amount, _ in own]
        done = None if None in amounts else sum((amount for amount in amounts if amount is not None), ZERO)
        days = [day for day, _, _ in own]
        release = next((one for one in releases if one.tranche == tranche.id and one.in_force(on)), None)
        earliest = _earliest(tranche, found[-1] if found else None)
        over = place < begun or (done is not None and done >= tranche.amount)
        reasons: tuple[Finding, ...] = (_said("tranche-done", N_("Tranche {tranche} is bought.", tranche=tranche.id),
                                              tranche),)
        if not over:
            reasons = (*_reasons(tranche, found[-1] if found else None, earliest, done, release, overrides, gate, on),
                       *_beyond(mandate, tranche, done, invested))
        state = (TrancheState.DONE if over else TrancheState.RELEASED if release
                 else TrancheState.WAITS if reasons else TrancheState.READY)
        found.append(TrancheStanding(tranche, state, done, any(laid for _, _, laid in own), min(days, default=None),
                                     max(days, default=None), earliest, release, reasons,
                                     _room(tranche, gate, overrides, bought, on)))
    return tuple(found)


def may_buy(standing: TrancheStanding | None, amount: Decimal | None, name: str, on: date, gate: GateSign | None,
            overrides: Sequence[Override], pending: Decimal | None = ZERO) -> tuple[Finding, ...]:
    """Return why a purchase may not go under a tranche on a day, empty when it may.

    `amount` is the purchase in USD and `pending` what is approved for the tranche and not executed; None is Unknown,
    which never passes.
    """
    if standing is None:
        return (Finding(Severity.ERROR, "no-tranche", N_("The plan has no tranche {tranche}.", tranche=name), name),)
    tranche = standing.tranche
    found: list[Finding] = []
    release = standing.release
    if release is None:
        found.append(_said("not-released", N_("Tranche {tranche} is not released on {day}; two persons release it.",
                                              tranche=tranche.id, day=on), tranche))
    gate_reason = _gate_reason(tranche, gate, overrides, on)
    if gate_reason is not None:
        found.append(gate_reason)
    if amount is None or pending is None or standing.done is None:
        found.append(_said("tranche-unknown", N_("What was bought of tranche {tranche} is Unknown.",
                                                 tranche=tranche.id), tranche))
    elif release is not None:
        most = min(release.amount, tranche.amount)
        if standing.done + pending + amount > most:
            found.append(_said("over-tranche", N_(
                "Tranche {tranche}: {amount} on top of {done} bought and {pending} approved is more than {most}.",
                tranche=tranche.id, amount=amount, done=standing.done, pending=pending, most=most), tranche))
        if standing.room is not None and pending + amount > standing.room:
            found.append(_said("over-override", N_(
                "Tranche {tranche}: {amount} on top of {pending} approved is more than the {room} that the override of "
                "the shut gate leaves.", tranche=tranche.id, amount=amount, pending=pending, room=standing.room),
                tranche))
    return tuple(found)


def beyond_volume(tranche: Tranche, symbol: str, shares: Decimal, volume: Decimal | None) -> Finding | None:
    """Return why so many shares of a symbol are too many for one day, None when they are not.

    `volume` is the median daily volume in shares; Unknown never passes where the tranche has a share of it.
    """
    if tranche.share_of_volume is None:
        return None
    if volume is None:
        return _said("volume-missing", N_("{symbol} has no volume on each of the last 20 sessions.", symbol=symbol),
                     tranche)
    most = product(volume, tranche.share_of_volume)
    return None if shares <= most else _said("over-volume", N_(
        "Tranche {tranche}: {shares} {symbol} in a day are more than {most}, its share of the volume.",
        tranche=tranche.id, shares=shares, symbol=symbol, most=most), tranche)


def _reasons(tranche: Tranche, before: TrancheStanding | None, earliest: date | None, done: Decimal | None,
             release: Release | None, overrides: Sequence[Override], gate: GateSign | None,
             on: date) -> list[Finding]:
    found: list[Finding] = []
    if done is None:
        found.append(_said("tranche-unknown", N_("What was bought of tranche {tranche} is Unknown.",
                                                 tranche=tranche.id), tranche))
    if release is not None:
        found.append(_said("tranche-released", N_("Tranche {tranche} is released until {day}.", tranche=tranche.id,
                                                  day=release.valid_to), tranche))
    if before is not None and before.last_bought is None:
        found.append(_said("tranche-before", N_("Nothing was bought of tranche {before}, which comes before it.",
                                                before=before.tranche.id), tranche))
    if earliest is not None and on < earliest:
        found.append(_said("tranche-early", N_("It is bought on {day} at the soonest.", day=earliest), tranche))
    shut = _gate_reason(tranche, gate, overrides, on)
    if shut is not None:
        found.append(shut)
    return found


def _beyond(mandate: Mandate, tranche: Tranche, done: Decimal | None, invested: Decimal | None) -> Iterator[Finding]:
    """Yield why what is left of a tranche does not fit under the mandate's maximum."""
    if invested is not None and done is not None and invested + tranche.amount - done > mandate.maximum:
        yield _said("tranche-maximum", N_(
            "With it the mandate's maximum of {maximum} would be exceeded: {invested} is invested.",
            maximum=mandate.maximum, invested=invested), tranche)


def _earliest(tranche: Tranche, before: TrancheStanding | None) -> date | None:
    """Return the later of the plan's day and the end of the gap after the last purchase of the tranche before."""
    days = [tranche.earliest] if tranche.earliest else []
    if before is not None and before.last_bought is not None:
        days.append(before.last_bought + timedelta(days=tranche.min_gap_days))
    return max(days, default=None)


def _room(tranche: Tranche, gate: GateSign | None, overrides: Sequence[Override], bought: Sequence[Bought],
          on: date) -> Decimal | None:
    """Return what the most generous override of the day leaves after all that was bought since its first day."""
    ours = [one for one in overrides if one.in_force(on) and one.tranche in {"", tranche.id}]
    if _passes(tranche, gate) or not ours or any(one.amount is None for one in ours):
        return None
    rooms = [ZERO]
    for one in ours:
        since = [item.amount for item in bought if one.valid_from <= item.day <= on]
        if one.amount is not None and None not in since:
            rooms.append(one.amount - sum((amount for amount in since if amount is not None), ZERO))
    return max(rooms)


def _passes(tranche: Tranche, gate: GateSign | None) -> bool:
    return not tranche.gate or (gate is not None and gate.state == _OPEN and not gate.missing)


def _gate_reason(tranche: Tranche, gate: GateSign | None, overrides: Sequence[Override], on: date) -> Finding | None:
    """Return why the gate keeps a tranche shut; an override of the day opens it for its tranche."""
    if _passes(tranche, gate):
        return None
    if any(one.in_force(on) and one.tranche in {"", tranche.id} for one in overrides):
        return None
    if gate is None:
        return _said("gate-missing", N_("The tranche waits for the gate, and the mandate has none."), tranche)
    if gate.missing:
        return _said("gate-unknown", N_("The state of the entry gate is Unknown: {reason}.", reason=gate.missing),
                     tranche)
    return _said("gate-shut", gate.shut, tranche)


def _said(code: str, text: Text, tranche: Tranche) -> Finding:
    return Finding(Severity.ERROR, code, text, tranche.id)
