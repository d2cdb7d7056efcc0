"""MT535, a custodian's statement of holdings (ISO 15022): one or several messages, accounts and pages in a file.

Read are 20C SEME, 28E, 98 STAT, 97 SAFE, and for each instrument 35B, 93B AGGR, 90B MRKT and 19A HOLD. Other fields are
counted. Amounts have a comma; ``N`` before one is a minus.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from sandyq.basics.text import N_
from sandyq.packs import dates, numbers
from sandyq.packs.checks import isin_of
from sandyq.packs.documents import Document
from sandyq.packs.format import Format, Produced
from sandyq.packs.report import Report
from sandyq.packs.sheet import BadCell, ticker
from sandyq.packs.statements import SECURITY, Stated, Statement

_FIELD: Final = re.compile(r":([0-9]{2}[A-Z]?):(.*)", re.DOTALL)
_BEGINS: Final = re.compile(r"\s*(?:\{[^{}]*(?:\{[^{}]*\})*\}\s*)*(?:\{4:\s*)?:16R:GENL\b")
_BALANCE: Final = re.compile(r":AGGR/[A-Z0-9]{0,8}/([A-Z]{4})/(N?)([0-9]{1,15},?[0-9]{0,14})")
_PRICE: Final = re.compile(r":MRKT//[A-Z]{4}/([A-Z]{3})(N?)([0-9]{1,15},?[0-9]{0,14})")
_VALUE: Final = re.compile(r":HOLD//(N?)([A-Z]{3})([0-9]{1,15},?[0-9]{0,14})")
_ISIN: Final = re.compile(r"ISIN\s+([A-Za-z0-9]{12})\b")
_TICKER: Final = re.compile(r"/TS/(\S+)")
_DAY: Final = re.compile(r":(?:STAT)//([0-9]{8})([0-9]{6})?")
_ACCOUNT: Final = re.compile(r":SAFE//(.{1,35})")
_PAGE: Final = re.compile(r"([0-9]{1,5})/(ONLY|LAST|MORE)")
_USED: Final = frozenset({"16R", "16S", "28E", "20C", "98A", "98C", "97A", "35B", "93B", "90B", "19A"})


@dataclass(slots=True)
class _Instrument:
    """The fields of one FIN block; `line` is that of its beginning."""

    line: int
    fields: list[tuple[str, str, int]] = field(default_factory=list)


class _Reader:
    """Follows the blocks of the messages and turns each FIN block into a line."""

    def __init__(self, report: Report, statement: Statement) -> None:
        self._report, self._statement = report, statement
        self._blocks: list[str] = []
        self._account = self._main = self._day = self._reference = ""
        self._page: tuple[int, str] | None = None
        self._instrument: _Instrument | None = None
        self.ignored: Counter[str] = Counter()

    def take(self, tag: str, value: str, line: int) -> None:
        """Take one field of a message."""
        if tag == "16R":
            self._open(value.strip(), line)
        elif tag == "16S":
            self._close(value.strip())
        elif self._instrument is not None:
            if self._blocks[-1:] == ["FIN"]:
                self._instrument.fields.append((tag, value, line))
        else:
            self._general(tag, value, line)
        if tag not in _USED:
            self.ignored[tag] += 1

    def _open(self, name: str, line: int) -> None:
        if len(self._blocks) > 20:
            raise BadCell("blocks-open", N_("The message opens too many blocks."), "16R", name[:20])
        if name == "GENL":
            self._blocks.clear()
            self._account = self._main = self._day = self._reference = ""
            self._instrument = None
        if name == "SUBSAFE":
            self._account = self._main
        if name == "FIN":
            self._instrument = _Instrument(line)
        self._blocks.append(name)

    def _close(self, name: str) -> None:
        if name in self._blocks:
            while self._blocks.pop() != name:
                pass
        if name == "FIN" and self._instrument is not None:
            made, self._instrument = self._instrument, None
            self.finish(made)

    def _general(self, tag: str, value: str, line: int) -> None:
        text = value.strip()
        if tag == "20C" and text.startswith(":SEME//"):
            self._reference = text[7:].strip()[:80]
        elif tag in {"98A", "98C"} and (found := _DAY.match(text)):
            self._day = f"{found[1][:4]}-{found[1][4:6]}-{found[1][6:]}"
        elif tag == "97A" and (found := _ACCOUNT.match(text)):
            self._account = found[1].strip()
            if "SUBSAFE" not in self._blocks:
                self._main = self._account
        elif tag == "28E" and (found := _PAGE.match(text)):
            self._turn(int(found[1]), found[2], line)

    def _turn(self, page: int, last: str, line: int) -> None:
        expected = self._page[0] + 1 if self._page and self._page[1] == "MORE" else 1
        if page != expected:
            self._report.warn("page-missing", N_("Page {page} comes where page {expected} is due.", page=page,
                                                 expected=expected), line=line, column="28E", value=str(page))
        self._page = (page, last)

    def finish(self, made: _Instrument) -> None:
        """Turn a FIN block into a line, or refuse it."""
        self._report.read += 1
        try:
            self._statement.add(self._stated(made))
        except BadCell as bad:
            self._report.refuse(bad.code, bad.reason, line=made.line, column=bad.column, value=bad.value)

    def end(self) -> None:
        """Say what is missing at the end of the file."""
        if self._instrument is not None:
            made, self._instrument = self._instrument, None
            self._report.read += 1
            self._report.refuse("block-open", N_("The block is not closed: the message is cut off."), line=made.line,
                                column="16R")
        if self._page is not None and self._page[1] == "MORE":
            self._report.warn("page-missing", N_("The statement goes on after its last page in this file."),
                              column="28E", value=str(self._page[0]))

    def _stated(self, made: _Instrument) -> Stated:
        if not self._account:
            raise BadCell("value-missing", N_("The message names no account."), "97A")
        try:
            day = dates.parse(self._day)
        except dates.BadDate as bad:
            raise BadCell("bad-date", bad.reason, "98A", self._day) from None
        isin, symbol = self._identity(made)
        quantity = self._quantity(made)
        prices = [(found[1], _number(found[3], "90B")) for tag, value, _ in made.fields
                  if tag == "90B" and (found := _PRICE.match(value.strip())) and not found[2]]
        values = [(found[2], _number(found[3], "19A") * (-1 if found[1] else 1)) for tag, value, _ in made.fields
                  if tag == "19A" and (found := _VALUE.match(value.strip()))]
        currency, price = prices[0] if prices else (values[0][0] if values else "", None)
        value = next((amount for unit, amount in values if unit == currency), None)
        return Stated(made.line, self._account, day, SECURITY, symbol, isin, quantity, price, value, currency,
                      self._reference)

    def _identity(self, made: _Instrument) -> tuple[str, str]:
        stated = next((value for tag, value, _ in made.fields if tag == "35B"), "")
        named = _ISIN.match(stated.strip())
        short = _TICKER.search(stated)
        if not named and not short:
            raise BadCell("value-missing", N_("The line names neither symbol nor ISIN."), "35B",
                          stated.strip().split("\n")[0][:40])
        return (isin_of(named[1], "35B") if named else "", ticker(short[1], "35B") if short else "")

    def _quantity(self, made: _Instrument) -> Decimal:
        stated = [value.strip() for tag, value, _ in made.fields if tag == "93B" and value.strip().startswith(":AGGR")]
        found = _BALANCE.fullmatch(stated[0]) if stated else None
        if found is None:
            raise BadCell("bad-number", N_("The line has no aggregate balance that can be read."), "93B",
                          stated[0] if stated else "")
        if found[1] != "UNIT":
            raise BadCell("not-in-units", N_("The balance is a face amount, not a number of units."), "93B", stated[0])
        number = _number(found[3], "93B")
        return -number if found[2] else number


def _number(text: str, tag: str) -> Decimal:
    try:
        return Decimal(numbers.parse(text.rstrip(","), numbers.COMMA))
    except numbers.BadNumber as bad:
        raise BadCell("bad-number", bad.reason, tag, text) from None


def read_document(document: Document) -> Iterator[Produced]:
    """Yield ``statement_line`` rows; fields that are not used are counted in one finding."""
    statement = Statement(document.report)
    reader = _Reader(document.report, statement)
    for tag, value, line in _fields(document.text):
        try:
            reader.take(tag, value, line)
        except BadCell as bad:
            document.report.read += 1
            document.report.refuse(bad.code, bad.reason, line=line, column=bad.column, value=bad.value)
    reader.end()
    if reader.ignored:
        document.report.info("fields-ignored", N_("Fields that are not used: {names}.", names=", ".join(
            f"{tag} ({count})" for tag, count in sorted(reader.ignored.items())[:40])))
    if not document.report.read:
        document.report.warn("no-rows", N_("The message has no holdings."))
    yield from statement.rows()


def _fields(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield (tag, value, line); a line that begins no field goes on with the one before."""
    tag, begun = "", 0
    parts: list[str] = []
    for number, raw in enumerate(text.replace("\r", "\n").split("\n"), 1):
        line = raw.partition("{4:")[2] if "{4:" in raw else raw
        found = _FIELD.match(line)
        ends = line.startswith("-}") or line.strip() == "-"
        if found or ends:
            if tag:
                yield tag, "\n".join(parts), begun
            tag, begun = (found[1], number) if found else ("", 0)
            parts = [found[2]] if found else []
        elif tag and line.strip():
            parts.append(line)
    if tag:
        yield tag, "\n".join(parts), begun


FORMAT: Final = Format("statement", "mt535", read_document=read_document,
                       begins=lambda text: _BEGINS.match(text) is not None)
