"""The language catalogues: find every sentence in the sources, merge it into the .po files, compile and check them.

    python packaging/catalogues.py extract          write locale/sandyq.pot from the sources
    python packaging/catalogues.py update [ru kk]   merge the template into the .po files
    python packaging/catalogues.py compile [ru kk]  write the .mo beside each .po
    python packaging/catalogues.py check [ru kk]    exit with 1 when something is missing or out of date

A sentence is the constant text (adjacent literals joined, every branch of an ``a if b else c``) that is the first
argument of one of `SPEAKERS`, whatever object the speaker belongs to (``say``, ``language.say``, ``self.words``).
Titles of the example mandate are said through the catalogue as well and are read from its TOML; so are codes that
the window writes out as words: kinds of files, kinds of journal entries and the two sides of an order.
The files have no dates and no line numbers: the same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from sandyq.book.transactions import TransactionType
from sandyq.control.people import Role
from sandyq.packs.reading import kinds
from sandyq.reference.events import EventType

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = ROOT / "resources" / "sandyq_resources" / "locale"
MANDATE: Final = ROOT / "resources" / "sandyq_resources" / "mandates" / "example.toml"
SOURCES: Final = ("services", "desktop", "resources")
SPEAKERS: Final = frozenset({"N_", "Text", "say", "words", "_say", "_words"})
SIDES: Final = ("buy", "sell")
ENTRIES: Final = ("account", "balance-signoff", "breach", "breach_step", "break-note", "checkpoint", "correction",
                  "corporate_action", "create", "decision", "election", "eligibility_status", "emergency_order",
                  "emergency_review", "fair_value_level", "fill", "gate_day", "gate_override", "import", "licence",
                  "limit_run", "mandate", "manual_price", "new", "order_check", "order_event", "party",
                  "passphrase-added", "passphrase-changed", "passphrase-removed", "period_close", "person",
                  "price_source", "proposal", "rating", "recovery-sheet", "reserve_asset", "restore", "restore-drill",
                  "reversal", "trade_order", "tranche_release", "valuation_close", "waiver")
"""Kinds of journal entries and proposals, which the window writes out as words."""
LANGUAGES: Final = ("ru", "kk")
_NO_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)
_WIDTH: Final = 116


def sentences() -> dict[str, list[str]]:
    """Return every sentence of the sources with the files that say it (paths from the project's root)."""
    found: dict[str, set[str]] = {}
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            place = file.relative_to(ROOT).as_posix()
            for sentence in in_code(file.read_text(encoding="utf-8")):
                found.setdefault(sentence, set()).add(place)
    for sentence in in_mandate(MANDATE.read_text(encoding="utf-8")):
        found.setdefault(sentence, set()).add(MANDATE.relative_to(ROOT).as_posix())
    for word in (*kinds(), *SIDES, *map(str, TransactionType), *map(str, EventType), *map(str, Role), *ENTRIES):
        found.setdefault(word.replace("_", " "), set())
    return {sentence: sorted(places) for sentence, places in sorted(found.items())}


def in_code(source: str) -> Iterator[str]:
    """Yield the sentences of one Python source in the order of the syntax tree."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if _name(node.func) in SPEAKERS:
            yield from (text for text in _constants(node.args[0]) if text.strip())
        elif _name(node.func) == "Batch":
            yield from (kind.replace("_", " ") for kind in _constants(node.args[0]))


def in_mandate(toml: str) -> Iterator[str]:
    """Yield the English titles of limits and the titles of their parts."""
    for limit in tomllib.loads(toml)["limit"]:
        yield limit["title"]["en"]
        yield from (part["title"] for part in limit.get("part", ()) if part.get("title"))


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _constants(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from _constants(body)
            yield from _constants(other)
        case _:
            return


def placeholders(text: str) -> frozenset[str]:
    """Return the placeholders of a template as written between braces. Raises ValueError for broken braces."""
    return frozenset(
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in Formatter().parse(text) if name is not None
    )


# ---- files


def po_path(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "sandyq.po"


def mo_path(code: str) -> Path:
    return po_path(code).with_suffix(".mo")


def template() -> Catalog:
    """Return the template catalogue of the sources."""
    catalogue = _empty(None)
    for sentence, places in sentences().items():
        catalogue.add(sentence, locations=[(place, 1) for place in places])
    return catalogue


def po_text(catalogue: Catalog, code: str) -> str:
    """Return a catalogue as the text of a .po file, sorted, with a header that holds no date."""
    for message in catalogue:
        message.flags.discard("python-format")  # "% of market value" is no format of C
    stream = io.BytesIO()
    write_po(stream, catalogue, width=_WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    head = ["Project-Id-Version: Sandyq", *([f"Language: {code}"] if code else []), "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit"]
    lines = "".join(f'"{line}\\n"\n' for line in head)
    return f'msgid ""\nmsgstr ""\n{lines}\n' + stream.getvalue().decode("utf-8")


def read_catalogue(code: str) -> Catalog:
    """Return the catalogue of a language's .po file; an empty one when there is no file yet."""
    file = po_path(code)
    if not file.exists():
        return _empty(code)
    with file.open("rb") as stream:
        return read_po(stream, locale=code, abort_invalid=True)


def translations(catalogue: Catalog) -> dict[str, str]:
    """Return template → translation of what is translated and not fuzzy."""
    return {str(message.id): str(message.string) for message in catalogue
            if message.id and message.string and not message.fuzzy}


def merged(base: Catalog, old: Catalog, code: str) -> Catalog:
    """Return the template with the old translations; sentences no longer said stay as obsolete ones."""
    known = translations(old) | {str(m.id): str(m.string) for m in old.obsolete.values() if m.string}
    new = _empty(code)
    for message in base:
        if message.id:
            new.add(message.id, known.get(str(message.id), ""), locations=message.locations)
    for sentence, translation in known.items():
        if sentence not in new:
            gone = _empty(code)
            new.obsolete[sentence] = gone.add(sentence, translation)
    return new


def compiled(catalogue: Catalog, code: str) -> bytes:
    """Return the .mo file of a catalogue."""
    plain = _empty(code)
    for sentence, translation in sorted(translations(catalogue).items()):
        plain.add(sentence, translation)
    stream = io.BytesIO()
    write_mo(stream, plain)
    return stream.getvalue()


def _empty(code: str | None) -> Catalog:
    return Catalog(locale=code, project="Sandyq", version="", charset="utf-8", fuzzy=False,
                   creation_date=_NO_DATE, revision_date=_NO_DATE)


# ---- commands


def extract() -> None:
    LOCALE.mkdir(parents=True, exist_ok=True)
    catalogue = template()
    (LOCALE / "sandyq.pot").write_text(po_text(catalogue, ""), encoding="utf-8")
    print(f"sandyq.pot: {len(catalogue)} sentences")


def update(code: str) -> None:
    with (LOCALE / "sandyq.pot").open("rb") as stream:
        base = read_po(stream, abort_invalid=True)
    catalogue = merged(base, read_catalogue(code), code)
    po_path(code).parent.mkdir(parents=True, exist_ok=True)
    po_path(code).write_text(po_text(catalogue, code), encoding="utf-8")
    missing = len(catalogue) - len(translations(catalogue))
    print(f"{code}: {len(catalogue)} sentences, {missing} to translate, {len(catalogue.obsolete)} no longer said")


def compile_(code: str) -> None:
    data = compiled(read_catalogue(code), code)
    mo_path(code).write_bytes(data)
    print(f"{code}: sandyq.mo, {len(data)} bytes")


def faults(code: str, said: Mapping[str, object]) -> Iterator[str]:
    """Yield what is wrong with a language: missing translations, other placeholders, a .mo that is out of date."""
    catalogue = read_catalogue(code)
    known = translations(catalogue)
    for sentence in said:
        if sentence not in known:
            yield f"{code}: no translation: {sentence!r}"
        elif placeholders(sentence) != placeholders(known[sentence]):
            yield f"{code}: other placeholders: {sentence!r} and {known[sentence]!r}"
    if not mo_path(code).exists():
        yield f"{code}: sandyq.mo is missing"
        return
    with mo_path(code).open("rb") as stream:
        if translations(read_mo(stream)) != known:
            yield f"{code}: sandyq.mo is not what sandyq.po says; run compile"


def check(codes: list[str]) -> int:
    """Print the faults of the catalogues and return the exit code."""
    said = sentences()
    found = [fault for code in codes for fault in faults(code, said)]
    pot = LOCALE / "sandyq.pot"
    if not pot.exists() or pot.read_text(encoding="utf-8") != po_text(template(), ""):
        found.append("sandyq.pot is not what the sources say; run extract")
    for fault in found:
        print(fault)
    print(f"{len(said)} sentences, languages {' '.join(codes)}: {len(found)} faults")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="The language catalogues of Sandyq.")
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    parser.add_argument("codes", nargs="*", default=list(LANGUAGES), help="languages (default: ru kk)")
    asked = parser.parse_args()
    match asked.command:
        case "extract":
            extract()
        case "update":
            for code in asked.codes:
                update(code)
        case "compile":
            for code in asked.codes:
                compile_(code)
        case _:
            return check(asked.codes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
