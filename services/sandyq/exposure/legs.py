"""Legs of a line's exposure: each way to see it, the highest known one chosen (domain.md C6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandyq.basics.decimals import ZERO, from_float, product
from sandyq.basics.figure import Figure
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.exposure.betas import is_coin_clock
from sandyq.exposure.case import Case
from sandyq.exposure.result import Beta, Leg, Range, Rung
from sandyq.reference.kinds import label

OLD_BETA_DAYS = 15
"""Calendar days after which the end of a beta's window is pointed at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One leg before the choice: point value, its own low and high bounds, and the rung that it stands on."""

    name: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    rung: Rung
    note: Text
    parts: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen leg, the range over all legs, and the legs with the chosen one first."""

    chosen: Candidate
    exposure: Range
    legs: tuple[Leg, ...]


def choose(candidates: Sequence[Candidate]) -> Choice | None:
    """Choose the highest known leg; None when none is known.

    central = the highest leg (C6: limits use the maximum); low = the lowest known leg, or the lower bound of the leg
    when it is the only one; high = the highest of central and all upper bounds, also of a beta that was estimated but
    not admitted.
    """
    known = [(candidate.value, candidate) for candidate in candidates if candidate.value is not None]
    if not known:
        return None
    central, chosen = max(known, key=lambda pair: pair[0])
    low = min(value for value, _ in known) if len(known) > 1 else chosen.low if chosen.low is not None else central
    high = max([central, *(candidate.high for candidate in candidates if candidate.high is not None)])
    ordered = sorted(candidates, key=lambda candidate: candidate is not chosen)
    legs = tuple(Leg(c.name, c.value, c is chosen, c.note,
                     tuple((str(part.label), part.origin) for part in c.parts if part.origin is not None), c.parts)
                 for c in ordered)
    return Choice(chosen, Range(max(min(low, central), ZERO), central, high), legs)


def value_figure(case: Case, leg: str) -> Figure:
    """Return the market value as an input of a leg, with quantity, price and rate under it."""
    line = case.line
    key = f"exposure/{case.symbol}/{leg}/market_value_usd"
    parts = [Figure(f"{key}/quantity", N_("Quantity"), line.quantity, "shares")]
    if line.price is not None:
        parts.append(Figure(f"{key}/price", N_("Close of {day}", day=line.price.day), line.price.close,
                            line.price.currency, origin=line.price.origin))
    if line.fx is not None and line.fx.base != line.fx.quote:
        parts.append(Figure(f"{key}/rate", N_("Rate {base}/{quote} of {day}", base=line.fx.base, quote=line.fx.quote,
                                              day=line.fx.day), line.fx.rate, "", origin=line.fx.origin))
    return Figure(key, N_("Market value"), line.market_value_usd, "USD", parts=tuple(parts))


def beta_candidates(case: Case, value: Decimal) -> tuple[tuple[Candidate, ...], tuple[Finding, ...]]:
    """Return the beta leg of a line worth `value`, and the peer-group leg when its own beta is not admitted.

    A negative beta counts as no exposure, not as a hedge. The lower bound mirrors the one-sided upper bound.
    """
    beta, findings = case.beta, list(_beta_findings(case))
    found: list[Candidate] = []
    if beta is not None:
        point, upper = max(from_float(beta.value), ZERO), max(from_float(beta.upper), ZERO)
        lower = max(from_float(2 * beta.value - beta.upper), ZERO)
        if beta.admitted:
            found.append(Candidate(
                "beta", product(value, point), product(value, lower), product(value, upper), Rung.BETA,
                N_("market value × beta {beta} to {reference}", beta=from_float(beta.value, 4),
                   reference=beta.reference),
                (value_figure(case, "beta"), beta_figure(case.symbol, beta))))
            return tuple(found), tuple(findings)
        found.append(Candidate("beta", None, None, product(value, upper), Rung.BETA,
                               N_("beta {beta} is not admitted: {observations} returns, R² {fit}, "
                                  "standard error {error}",
                                  beta=from_float(beta.value, 4), observations=beta.observations,
                                  fit=from_float(beta.r_squared, 3), error=from_float(beta.standard_error, 3)),
                               (beta_figure(case.symbol, beta),)))
    peers = case.peers.get(case.line.kind)
    if peers is not None:
        point, upper = (max(from_float(number), ZERO) for number in peers[:2])
        key = f"exposure/{case.symbol}/peers"
        found.append(Candidate(
            "peers", product(value, point), product(value, point), product(value, upper), Rung.BETA,
            N_("market value × the median beta {beta} of {count} peers", beta=from_float(peers[0], 4), count=peers[2]),
            (value_figure(case, "peers"),
             Figure(f"{key}/beta", N_("Median beta of {kind}", kind=label(case.line.kind)), peers[0], "x"))))
        findings.append(case.finding(Severity.WARNING, "beta-of-peers",
                                     N_("{symbol} has no admitted beta of its own: the median of its peers is used.",
                                        symbol=case.symbol)))
    return tuple(found), tuple(findings)


def beta_figure(symbol: str, beta: Beta) -> Figure:
    """Return the beta with its evidence as an input."""
    key = f"exposure/{symbol}/beta"
    return Figure(
        key, N_("Beta to {reference}, {count} daily returns", reference=beta.reference, count=beta.observations),
        beta.value, "x",
        note=N_("standard error {error}, R² {fit}, {first} to {last}", error=from_float(beta.standard_error, 3),
                fit=from_float(beta.r_squared, 3), first=beta.window_from, last=beta.window_to),
        parts=(Figure(f"{key}/upper", N_("One-sided 95 % upper bound"), beta.upper, "x"),
               Figure(f"{key}/r_squared", N_("R²"), beta.r_squared, ""),
               Figure(f"{key}/standard_error", N_("Standard error"), beta.standard_error, "x"),
               Figure(f"{key}/observations", N_("Daily returns"), beta.observations, "")))


def _beta_findings(case: Case) -> tuple[Finding, ...]:
    beta = case.beta
    if beta is None:
        return ()
    found = []
    if is_coin_clock(beta.reference):
        found.append(case.finding(Severity.INFO, "beta-clocks-differ",
                                  N_("The beta of {symbol} is taken to {reference}: the two clocks differ.",
                                     symbol=case.symbol, reference=beta.reference)))
    if not beta.admitted:
        found.append(case.finding(Severity.WARNING, "beta-not-admitted",
                                  N_("The beta of {symbol} does not meet the minimum evidence.", symbol=case.symbol)))
    if (case.as_of - beta.window_to).days > OLD_BETA_DAYS:
        found.append(case.finding(Severity.WARNING, "beta-old",
                                  N_("The beta of {symbol} ends on {day}.", symbol=case.symbol, day=beta.window_to)))
    return tuple(found)
