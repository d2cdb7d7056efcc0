"""semt.002, a custodian's balance report (ISO 20022): every version, whatever its namespace is.

Read are the statement's day and id, the safekeeping account, and for each balance ISIN or ticker, aggregate quantity,
market price and holding value. Elements are counted from the top, and their number stands for the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from sandyq.basics.text import N_
from sandyq.packs import dates, numbers
from sandyq.packs.checks import isin_of
from sandyq.packs.documents import Document, elements, local, root_name
from sandyq.packs.format import Format, Produced
from sandyq.packs.sheet import BadCell, ticker
from sandyq.packs.statements import SECURITY, Stated, Statement

_WANTED: Final = frozenset({"StmtGnlDtls", "SfkpgAcct", "BalForAcct", "BalForSubAcct", "Pgntn", "MsgPgntn"})
_SUB: Final = "SubAcctDtls"
_ROOTS: Final = frozenset({"Document", "SctiesBalCtdyRpt", "BizMsgEnvlp", "RequestPayload", "Message"})


def read_document(document: Document) -> Iterator[Produced]:
    """Yield ``statement_line`` rows. Balances in face amounts, short ones without units and the like are refused."""
    statement = Statement(document.report)
    day = reference = account = sub = ""
    for number, above, element in elements(document, _WANTED):
        name = local(element)
        around = {local(item) for item in above}
        if _WANTED & around:
            continue
        if name == "StmtGnlDtls":
            day, reference = _moment(element), _first(element, "StmtId")
            account = sub = ""
        elif name == "SfkpgAcct":
            found = _first(element, "Id")
            if _SUB in around:
                sub = found
            else:
                account, sub = found, ""
        elif name in {"Pgntn", "MsgPgntn"}:
            if _first(element, "LastPgInd").lower() in {"false", "0"}:
                document.report.warn("page-missing", N_("The statement goes on after this page."), line=number,
                                     column="LastPgInd")
        else:
            document.report.read += 1
            try:
                statement.add(_stated(element, number, sub if name == "BalForSubAcct" else account, day, reference))
            except BadCell as bad:
                document.report.refuse(bad.code, bad.reason, line=number, column=bad.column, value=bad.value)
    if not document.report.read:
        document.report.warn("no-rows", N_("The message has no holdings."))
    yield from statement.rows()


def _stated(balance: Element, number: int, account: str, day: str, reference: str) -> Stated:
    if not account:
        raise BadCell("value-missing", N_("The message names no account."), "SfkpgAcct")
    try:
        stated_on = dates.parse(day)
    except dates.BadDate as bad:
        raise BadCell("bad-date", bad.reason, "StmtDtTm", day) from None
    instrument = _child(balance, "FinInstrmId")
    isin, symbol = isin_of(_first(instrument, "ISIN"), "ISIN"), _symbol(instrument)
    prices, values = _amounts(balance, "PricDtls"), _amounts(balance, "HldgVal")
    currency, price = prices[0] if prices else (values[0][0] if values else "", None)
    value = next((amount for unit, amount in values if unit == currency), None)
    return Stated(number, account, stated_on, SECURITY, symbol, isin, _quantity(balance), price, value, currency,
                  reference[:80])


def _symbol(instrument: Element | None) -> str:
    """Return the ticker that stands beside the ISIN as another identification of the type TICK."""
    for other in _all(instrument, "OthrId"):
        if _first(other, "Cd").upper() in {"TICK", "TIKR"} and _first(other, "Id"):
            return ticker(_first(other, "Id"), "OthrId")
    return ""


def _quantity(balance: Element) -> Decimal:
    total = _child(balance, "AggtBal")
    units = _first(total, "Unit")
    if not units:
        face = _first(total, "FaceAmt") or _first(total, "AmtsdVal")
        if face:
            raise BadCell("not-in-units", N_("The balance is a face amount, not a number of units."), "AggtBal", face)
        raise BadCell("value-missing", N_("The line has no aggregate balance that can be read."), "AggtBal")
    number = _number(units, "Unit")
    side = (_first(total, "ShrtLngInd") or _first(total, "ShrtLngPosInd")).upper()
    return -abs(number) if side in {"SHOR", "SHORT"} else number


def _amounts(balance: Element, name: str) -> list[tuple[str, Decimal]]:
    """Return (currency, amount) of prices of the type market (or of none), or of holding values."""
    found: list[tuple[str, Decimal]] = []
    for item in _all(balance, name):
        kind = _child(item, "Tp")
        if kind is not None and name == "PricDtls" and _first(kind, "Cd").upper() not in {"MRKT", ""}:
            continue
        for amount in (item, *_all(item, "Amt")):
            currency = amount.get("Ccy", "").strip().upper()
            if len(currency) == 3 and (amount.text or "").strip():
                found.append((currency, _number((amount.text or "").strip(), name)))
    return found


def _moment(general: Element) -> str:
    when = _child(general, "StmtDtTm")
    return (_first(when, "Dt") or _first(when, "DtTm") or ((when.text or "").strip() if when is not None else ""))[:10]


def _number(text: str, name: str) -> Decimal:
    try:
        return Decimal(numbers.parse(text))
    except numbers.BadNumber as bad:
        raise BadCell("bad-number", bad.reason, name, text) from None


def _all(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else [item for item in element.iter() if local(item) == name]


def _child(element: Element | None, name: str) -> Element | None:
    return next(iter(_all(element, name)), None)


def _first(element: Element | None, name: str) -> str:
    """Return the text of the first element of a name below, empty when there is none."""
    return next((text for item in _all(element, name) if (text := (item.text or "").strip())), "")


def _begins(text: str) -> bool:
    return root_name(text) in _ROOTS and ("SctiesBalCtdyRpt" in text or "semt.002" in text)


FORMAT: Final = Format("statement", "semt002", read_document=read_document, begins=_begins)
