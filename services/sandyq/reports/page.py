"""The whole sheet as plain data for the template: every word said, every number printed, every mark placed."""

from __future__ import annotations

from typing import Final

from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.reports import matters
from sandyq.reports.charts import charts
from sandyq.reports.heading import decisions, key_figures, tally
from sandyq.reports.rows import limit_rows
from sandyq.reports.sheet import SheetData
from sandyq.reports.words import UNITS, WEEKDAYS, moment_text
from sandyq.valuation.holdings import Freshness, Line


def page(data: SheetData) -> dict[str, object]:
    """Return what ``reports/sheet.typ`` draws: JSON values only."""
    say = data.language.say
    head, rest = tally(data)
    shown, more = decisions(data)
    return {
        "language": data.language.code,
        "title": say("Daily limit sheet"), "demo": "DEMO" if data.demo else "",
        "mark": say("FINAL") if data.final else say("DRAFT"),
        "day": data.language.date(data.as_of), "weekday": say(WEEKDAYS[data.as_of.weekday()]),
        "moments": [say(N_("data cut-off {moment}", moment=moment_text(data.data_cut_off))),
                    say(N_("known at {moment}", moment=moment_text(data.known_at)))],
        "subtitle": _subtitle(data), "figures": key_figures(data),
        "tally": head, "rest": rest, "decisions": shown, "more": more,
        "heads": _heads(data.language), "rows": limit_rows(data.run, data.language),
        "legend": _legend(data), "charts": charts(data),
        "lines": [*([[say("Entry gate"), say(data.gate)]] if data.gate else []), *_overrides(data),
                  *matters.lines(data.matters, data.language), [say("Data"), _counts(data)]],
        "signatures": _signatures(data),
        "footer": _footer(data), "head_label": say("chain head"), "chain": data.chain_head,
        "page_of": say("page {n} of {all}"),
    }


_MOST_OVERRIDES: Final = 3
"""On the page; the workbook has all of them."""


def _overrides(data: SheetData) -> list[list[str]]:
    """Return a line for each of the last overrides, and how many came before them."""
    say, shown = data.language.say, data.overrides[-_MOST_OVERRIDES:]
    lines = [[say(N_("Override")), say(one)] for one in reversed(shown)]
    earlier = len(data.overrides) - len(shown)
    if earlier:
        lines.append([say(N_("Override")), say(N_("Earlier overrides, in the workbook: {n}.", n=earlier))])
    return lines


def _subtitle(data: SheetData) -> str:
    mandate = data.mandate
    base = N_("{name} · mandate {version}, in force since {day} · {document} · limits {n}", name=mandate.name,
              version=mandate.version, day=mandate.valid_from, document=mandate.document, n=len(data.run.results))
    text = data.language.say(base)
    return f"{text} · {data.language.say('example mandate')}" if mandate.example else text


NO_BREAK: Final = "\u00a0"
"""Keeps a head's unit on one line."""


def _heads(language: Language) -> dict[str, str]:
    say = language.say
    return {
        "state": say("State"), "id": say("Id"), "title": say("Limit"), "value": say("Value"), "unit": say("Unit"),
        "warn": say("Warning level"), "soft": say("Soft"), "hard": say("Hard"),
        "bar": say("Limit in force = 100").replace(" = ", f"{NO_BREAK}={NO_BREAK}"),
        "use": say("Use %"), "headroom": f"{say('Headroom')} {say(UNITS['USD']).replace(' ', NO_BREAK)}",
        "note": say("Note"),
    }


def _legend(data: SheetData) -> str:
    say = data.language.say
    parts = [say("Marks: dotted warning, dashed soft, thick hard; an arrow: the hard limit lies beyond the scale; "
                 "a flag: minimum; hatched: unknown."),
             say("Headroom to the limit in force; negative: to be reduced."),
             say("Net invested by the cash convention.")]
    if data.holdings.kzt is not None:
        rate = data.holdings.kzt
        parts.append(say(N_("USD/KZT {rate}, official rate of {day}.", rate=rate.rate, day=rate.day)))
    else:
        parts.append(say("No USD/KZT rate is known."))
    return " ".join(parts)


def _counts(data: SheetData) -> str:
    counts = data.counts
    text = data.language.say(N_(
        "prices {prices} of {expected}; stale: {stale}; missing: {missing}; open findings: {findings}.",
        prices=counts.prices, expected=counts.expected, stale=counts.stale, missing=counts.missing,
        findings=counts.findings))
    old = [data.language.say(_age(line)) for line in data.holdings.open_lines if line.freshness is not Freshness.FRESH]
    return f"{text} {'; '.join(old)}." if old else text


def _age(line: Line) -> Text:
    if line.age is None:
        return N_("{symbol}: no price", symbol=line.symbol)
    return N_("{symbol}: price age {age} bd", symbol=line.symbol, age=line.age)


def _signatures(data: SheetData) -> list[str]:
    say = data.language.say
    prepared = N_("Prepared: {role}", role=data.prepared_by) if data.prepared_by else N_("Prepared")
    checked = N_("Checked: {role}", role=data.checked_by) if data.checked_by else N_("Checked")
    return [say(prepared), say(checked), say("Head of risk"), say("Date, time")]


def _footer(data: SheetData) -> str:
    return data.language.say(N_("Sandyq · book {book} · entries {n}", book=data.book, n=data.entries))
