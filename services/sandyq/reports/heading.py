"""The top of the sheet: key figures, the count of states in words, and what needs a decision or an answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandyq.basics.language import UNKNOWN, Language
from sandyq.basics.text import N_, Text
from sandyq.limits.result import SEVERITY, LimitResult, PartResult, State
from sandyq.reports.numbers import faithful, millions
from sandyq.reports.rows import denominator, title, value_digits, value_text
from sandyq.reports.sheet import SheetData
from sandyq.reports.words import STATES, scaled, unit_word

_BILLION: Final = Decimal(1_000_000_000)
_BASIS_POINTS: Final = Decimal(10_000)
_DECIDE: Final = (State.BREACH, State.SOFT_BREACH, State.UNKNOWN)
MOST_SENTENCES: Final = 7
"""Rows of the list at the top; more are counted and named in one line, so that the sheet stays one page."""

KeyFigure = tuple[str, str, str]
"""Label, value, unit."""


def key_figures(data: SheetData) -> list[KeyFigure]:
    """Return the seven figures under the head. Unknown is an em dash, never zero."""
    say, number = data.language.say, data.language.number
    holdings, exposure = data.holdings, data.exposure
    kzt = holdings.market_value_kzt
    share, reserves, _ = data.share_of_reserves
    basis = say(N_("bp, of {amount} bn", amount=number(None if reserves is None else reserves / _BILLION, 1)))
    cap = number(data.mandate.maximum / 1_000_000)
    return [
        (say("Market value"), millions(data.language, holdings.market_value_usd, 3), say("USD m")),
        (say("Market value"), number(None if kzt is None else kzt / _BILLION, 2), say("KZT bn")),
        (say("Net invested"), millions(data.language, holdings.net_invested_usd, 3),
         say(N_("USD m, of {cap}", cap=cap))),
        (say("Look-through exposure"), millions(data.language, exposure.total_usd.central, 1), say("USD m")),
        (say("Bitcoin held indirectly"), _coins(data, "BTC"), "BTC"),
        (say("Ether held indirectly"), _coins(data, "ETH"), "ETH"),
        (say("Share of reserves"), number(None if share is None else share * _BASIS_POINTS, 1), basis),
    ]


def _coins(data: SheetData, coin: str) -> str:
    found = data.exposure.by_coin.get(coin)
    if found is None:
        # No line holds the coin: that is a true zero, unless a line could not be looked through at all.
        known = all(line.exposure_usd.central is not None for line in data.exposure.lines)
        return data.language.number(Decimal(0), 1) if known else UNKNOWN
    return data.language.number(found.central, 1)


def tally(data: SheetData) -> tuple[str, str]:
    """Return the count of what needs somebody, and the rest in words with the ids of the warnings."""
    say = data.language.say
    counts = data.run.counts()
    waiting = sum(counts[state] for state in _DECIDE)
    parts: list[Text] = []
    if counts[State.WARNING]:
        ids = ", ".join(sorted(r.limit.id for r in data.run.results if r.state is State.WARNING))
        parts.append(N_("warnings {n}: {ids}", n=counts[State.WARNING], ids=ids))
    parts += [N_("{state}: {n}", state=STATES[state], n=counts[state])
              for state in (State.OK, State.UPCOMING, State.NOT_APPLICABLE) if counts[state]]
    head = N_("Needs a decision or an answer: {n}", n=waiting)
    return say(head), "; ".join(say(part) for part in parts)


def decisions(data: SheetData) -> tuple[list[dict[str, str]], str]:
    """Return (id, state, sentences) of the limits that wait, worst first, and a line that names those left out."""
    waiting = sorted((r for r in data.run.results if r.state in _DECIDE),
                     key=lambda r: (SEVERITY[r.state], r.limit.id))
    say = data.language.say
    shown = [
        {"id": r.limit.id, "state": r.state.value, "word": say(STATES[r.state]),
         "text": " ".join(say(text) for text in _sentences(r, data))}
        for r in waiting[:MOST_SENTENCES]
    ]
    rest = waiting[MOST_SENTENCES:]
    if not rest:
        return shown, ""
    ids = ", ".join(r.limit.id for r in rest)
    return shown, say(N_("And {n} more, in the table: {ids}.", n=len(rest), ids=ids))


def _sentences(result: LimitResult, data: SheetData) -> list[Text]:
    part = result.worst
    remarks = list(data.remarks.get(result.limit.id, ()))
    if result.state is State.UNKNOWN or part is None or part.value is None:
        reasons: list[Text] = []
        for finding in (*(part.findings if part else ()), *result.findings):
            if finding.text not in reasons:
                reasons.append(finding.text)
        texts = reasons[:2] or [N_("An input is missing.")]
        if len(reasons) > 2:
            texts.append(N_("Further findings: {n}.", n=len(reasons) - 2))
        owner = [N_("Owner: {owner}.", owner=result.limit.owner)] if result.limit.owner else []
        return [*texts, N_("Not counted as OK."), *owner, *remarks]
    return [_beyond(result, part, data.language), *_cure(result, part, data.language), *remarks]


def _beyond(result: LimitResult, part: PartResult, language: Language) -> Text:
    unit = part.part.unit
    limit = part.part.in_force
    if limit is None or part.excess is None:
        return N_("{title}: {value}.", title=title(result, language), value=value_text(part, language))
    level = language.number(scaled(limit, unit))
    excess = scaled(abs(part.excess), unit)
    values = {
        "title": title(result, language), "group": f" ({part.group})" if part.group else "",
        "value": value_text(part, language), "unit": unit_word(language, unit), "limit": level,
        "excess": language.number(excess, faithful(excess, value_digits(part) or 0, (Decimal(0),))),
    }
    if part.part.direction == "min":
        return N_("{title}{group}: {value} {unit}, limit in force {limit}, short by {excess} {unit}.", **values)
    return N_("{title}{group}: {value} {unit}, limit in force {limit}, over by {excess} {unit}.", **values)


def _cure(result: LimitResult, part: PartResult, language: Language) -> list[Text]:
    found: list[Text] = []
    if part.part.denominator.startswith("reserves") and part.denominator is not None:
        found.append(N_("Denominator {denominator}.", denominator=denominator(part, language)))
    room = part.headroom
    if room.usd is not None and room.usd < 0 and part.part.direction == "max":
        usd = millions(language, -room.usd)
        if room.shares is not None and room.symbol:
            found.append(N_("To be reduced: USD {usd} m, or {shares} {symbol}.", usd=usd,
                            shares=language.number(abs(room.shares)), symbol=room.symbol))
        else:
            found.append(N_("To be reduced: USD {usd} m.", usd=usd))
    if result.limit.cure_days:
        found.append(N_("Cure period, business days: {days}. Until then only orders that reduce it pass.",
                        days=result.limit.cure_days))
    if result.limit.clause:
        found.append(N_("Clause {section}.", section=result.limit.section or result.limit.clause))
    return found
