"""Reserve-asset worksheets: question by question with sources, concluded and signed by two persons (F096)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.control.chain import canonical_json
from sandyq.reference.eligibility import ReserveAsset
from sandyq.reference.facts import FactRow
from sandyq.reference.reserve_questions import QUESTIONS, Answer, Conclusion
from sandyq.store.permits import read_worksheets
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.drafting import found_instrument

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer with where it is written."""

    answer: Answer
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The worksheet of one instrument in force on a day. `conclusion` empty: nobody has signed one, or it has ended."""

    symbol: str
    instrument: str
    name: str
    held: bool
    answers: Mapping[str, Answered]
    conclusion: str
    valid_from: date | None
    valid_to: date | None
    source: str
    signed_by: tuple[str, ...]
    entry: int | None


def conclude(station: Workstation, symbol: str, answers: Mapping[str, Answered], conclusion: Conclusion,
             valid_from: date, *, valid_to: date | None = None, source: str = "") -> Changes:
    """Propose a worksheet for a second person to sign. Raises BadInput for one that does not answer every question with
    a source, or that concludes against its own answers; ApprovalNeeded where nobody is enrolled.
    """
    missing = [name for name in QUESTIONS if name not in answers or not answers[name].source.strip()]
    unknown = [name for name in answers if name not in QUESTIONS]
    if missing or unknown:
        raise BadInput("worksheet-open", N_("A worksheet answers every question with a source; open: {names}.",
                                            names=", ".join(missing or unknown)), where=symbol)
    against = [name for name, said in answers.items() if said.answer is Answer.NO]
    if conclusion is Conclusion.RESERVE_ASSET and against:
        raise BadInput("worksheet-contradicts", N_(
            "It cannot count as a reserve asset: the answer to {names} is no.", names=", ".join(against)), where=symbol)
    if valid_to is not None and valid_to < valid_from:
        raise BadInput("ends-before-begin", N_("The last day is before the first day."), where=symbol)
    instrument = found_instrument(station.knowledge().directory, symbol, valid_from)
    content = canonical_json({"answers": [
        {"question": name, "answer": answers[name].answer.value, "source": answers[name].source.strip(),
         "note": answers[name].note.strip()} for name in QUESTIONS], "conclusion": conclusion.value})
    row: FactRow = (0, instrument.symbol(valid_from), instrument.id, content, conclusion.value, valid_from.isoformat(),
                    valid_to.isoformat() if valid_to else None, source.strip() or None)
    return station.people.post("reserve_asset", instrument.id, [("reserve_asset", row)],
                               {"instrument": instrument.id, "conclusion": conclusion.value})


def worksheets(station: Workstation, q: Question) -> tuple[Worksheet, ...]:
    """Return the worksheet of every instrument that is held or has one, those without a conclusion first."""
    known = station.knowledge(q.known_at)
    held = {line.instrument.id for line in station.holdings(q).open_lines}
    rows = read_worksheets(station.store, q.known_at)
    found = []
    for instrument in known.directory:
        own = [row for row in rows if row.instrument == instrument.id and row.valid_from <= q.as_of]
        if own or instrument.id in held:
            last = max(own, key=lambda row: row.valid_from, default=None)
            found.append(_sheet(station, instrument.id, instrument.symbol(q.as_of), instrument.name(q.as_of),
                                last if last and last.in_force(q.as_of) else None, held=instrument.id in held))
    return tuple(sorted(found, key=lambda sheet: (bool(sheet.conclusion), sheet.symbol)))


def _sheet(station: Workstation, instrument: str, symbol: str, name: str, row: ReserveAsset | None, *,
           held: bool) -> Worksheet:
    if row is None:
        return Worksheet(symbol, instrument, name, held, {}, "", None, None, "", (), None)
    answers = {item["question"]: Answered(Answer(item["answer"]), item["source"], item["note"])
               for item in json.loads(row.content)["answers"]}
    return Worksheet(symbol, instrument, name, held, answers, row.conclusion, row.valid_from, row.valid_to, row.source,
                     _signers(station, row), row.origin.entry)


def _signers(station: Workstation, row: ReserveAsset) -> tuple[str, ...]:
    """Return who proposed and who approved."""
    reference = station.store_entry(row.origin.entry).payload.get("proposal")
    if reference is None:
        return ()
    proposal = station.people.proposal(str(reference))
    return (proposal.author, *(approval.person for approval in proposal.approvals))
