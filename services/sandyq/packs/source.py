"""Open a file from outside: how big it is, what it is hashed to, how it is encoded, and that its lines are sane.

One pass over the bytes answers all of that before a single row is read, in flat memory.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final, TextIO

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_

SIZE_LIMIT: Final = 256 * 1024 * 1024
FIELD_LIMIT: Final = 64 * 1024
ROW_LIMIT: Final = 1024 * 1024
_BLOCK: Final = 1024 * 1024
_LOOK: Final = 4096
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "kz1048", "cp1252", "cp866",
                    "koi8-r", "latin-1")
"""Encodings that can be declared."""
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAGIC: Final = MappingProxyType({
    b"PK\x03\x04": N_("The file is an Excel workbook or another archive."),
    b"\xd0\xcf\x11\xe0": N_("The file is an old Excel workbook."),
    b"%PDF": N_("The file is a PDF document."), b"\x1f\x8b": N_("The file is compressed."),
    b"SQLite format 3": N_("The file is a database."),
    b"<!doctype html": N_("The file is an HTML document."), b"<html": N_("The file is an HTML document."),
    b"{\\rtf": N_("The file is a text processor's document."),
})
_TWO_SCRIPTS: Final = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
_ODD: Final = re.compile(r"[^\x00-\x7f\u0400-\u04ff«»„“”‘’–—…№§°±·\u00a0]")
_CONTROL: Final = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was looked through once. `stamp` tells whether it changed since; `quoted`: it has quotation marks.

    `text` is the table of a workbook that was turned into CSV; None where the file itself is the text.
    """

    path: Path
    sha256: str
    size: int
    encoding: str
    quoted: bool
    stamp: tuple[int, int]
    text: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    def open(self) -> TextIO:
        """Open the text from its beginning, line ends as they are (the csv module wants them so)."""
        if self.text is not None:
            return io.StringIO(self.text, newline="")
        return self.path.open(encoding=self.encoding, newline="")

    def check_unchanged(self) -> None:
        """Raise BadInput when the file is no longer the one that was hashed."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise _unreadable(self.path, error) from None
        if (now.st_size, now.st_mtime_ns) != self.stamp:
            raise BadInput("file-changed", N_("The file was changed while it was being read."), where=self.name,
                           remedy=N_("Import it again when it is complete."))


def inspect(path: Path, encoding: str = "") -> Source:
    """Look through a file once. `encoding` declared wins over detection. Raises BadInput with the reason.

    An XML document is taken as it is: its own declaration says how it is encoded.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadInput("not-a-file", N_("This is not an ordinary file."), where=path.name)
        if status.st_size > SIZE_LIMIT:
            raise BadInput("file-too-large", N_("The file is larger than {limit} MB.", limit=SIZE_LIMIT // 1024 ** 2),
                           where=path.name, remedy=N_("Split it and import the parts."))
        with path.open("rb") as stream:
            return _inspect(path, stream, (status.st_size, status.st_mtime_ns), encoding)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput("file-unreadable", N_("The file cannot be read: {reason}.", reason=error.strerror or "error"),
                    where=path.name)


def _inspect(path: Path, stream: BinaryIO, stamp: tuple[int, int], declared: str) -> Source:
    head = stream.read(_LOOK)
    if not head.strip():
        raise BadInput("empty-file", N_("The file is empty."), where=path.name)
    _refuse_binary(path, head, declared)
    said = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8).lstrip())
    if said is not None and not declared:
        declared = _known_encoding(said[1].decode("ascii", "replace"))
    for candidate in _candidates(path, head, declared):
        stream.seek(0)
        found = _Scan(path, candidate)
        try:
            found.run(stream)
        except UnicodeError:
            continue
        if candidate == "cp1251" and not declared and not found.looks_cyrillic():
            break
        return Source(path, found.digest, found.size, candidate, found.quoted, stamp)
    if declared:
        raise BadInput("encoding-wrong", N_("The file is not encoded as {encoding}.", encoding=declared),
                       where=path.name, remedy=N_("Leave the encoding out, or name another one with --encoding."))
    raise BadInput("encoding-unknown", N_("The encoding of the file was not recognised."), where=path.name,
                   remedy=N_("Save the file as UTF-8, or name its encoding with --encoding."))


def _refuse_binary(path: Path, head: bytes, declared: str) -> None:
    plain = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, sentence in _MAGIC.items():
        if plain[:len(magic)].lower() == magic.lower() and not declared.startswith("utf-16"):
            raise BadInput("not-recognised", sentence, where=path.name,
                           remedy=N_("Export the table as CSV and import that file."))


def _known_encoding(name: str) -> str:
    """Return an encoding's name as declared here, empty for one that is not supported (detection decides then)."""
    plain = name.strip().lower().replace("_", "-")
    plain = {"utf8": "utf-8", "utf16": "utf-16", "windows-1251": "cp1251", "windows-1252": "cp1252",
             "iso-8859-1": "latin-1", "us-ascii": "utf-8"}.get(plain, plain)
    return plain if plain in ENCODINGS else ""


def _candidates(path: Path, head: bytes, declared: str) -> tuple[str, ...]:
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), "")
    if declared:
        name = _known_encoding(declared)
        if not name:
            raise BadInput("encoding-unsupported", N_("The encoding {name} is not supported.", name=declared),
                           where=path.name,
                           remedy=N_("Use one of: {names}.", names=", ".join(ENCODINGS)))
        if marked and name in {"utf-8", "utf-16-le", "utf-16-be"}:
            return (marked,)
        return (name,)
    if marked:
        return (marked,)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    third = len(head) // 6
    if odd > third and even <= odd // 10:
        return ("utf-16-le",)
    if even > third and odd <= even // 10:
        return ("utf-16-be",)
    if head.lstrip().startswith(b"<"):
        return ("utf-8",)  # what XML is where it does not say otherwise
    return ("utf-8", "cp1251")


class _Scan:
    """One pass: hash, decode, NUL bytes, quotation marks, and no line beyond the limit."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.encoding = path, encoding
        self.size, self.digest, self.quoted = 0, "", False
        self._sample: list[str] = []
        self._sampled = 0
        self._open_line = 0

    def run(self, stream: BinaryIO) -> None:
        digest = hashlib.sha256()
        decoder = codecs.getincrementaldecoder(self.encoding)()
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
            self.size += len(block)
            if self.size > SIZE_LIMIT:
                raise BadInput("file-too-large", N_("The file grew while it was being read."), where=self.path.name)
            self._look(decoder.decode(block))
        self._look(decoder.decode(b"", final=True))
        self.digest = digest.hexdigest()

    def _look(self, text: str) -> None:
        if "\0" in text:
            raise BadInput("nul-byte", N_("The file has NUL bytes: it is damaged or not a text."),
                           where=self.path.name, remedy=N_("Export it again as CSV."))
        self.quoted = self.quoted or '"' in text
        if not text.isascii() and self._sampled < _BLOCK:
            self._sample.append(text)
            self._sampled += len(text)
        mark = "\n" if "\n" in text else "\r"
        first = text.find(mark)
        if self._open_line + (first if first >= 0 else len(text)) > ROW_LIMIT:
            raise BadInput("line-too-long", N_("A line of the file is longer than {limit} characters.",
                                               limit=ROW_LIMIT), where=self.path.name)
        self._open_line = self._open_line + len(text) if first < 0 else len(text) - text.rfind(mark)

    def looks_cyrillic(self) -> bool:
        """Whether the text decoded as cp1251 reads like one: words in one script, no odd signs."""
        text = "".join(self._sample)
        letters = len(_CYRILLIC.findall(text))
        strange = len(_TWO_SCRIPTS.findall(text)) + len(_ODD.findall(text)) + len(_CONTROL.findall(text))
        return letters > 0 and strange * 10 <= letters


def guarded(stream: TextIO, budget: list[int]) -> Iterator[str]:
    """Yield lines while one row takes no more than ROW_LIMIT characters: an endless quotation never ends a row.

    `budget` holds the characters of the row so far; the caller sets ``budget[0] = 0`` at each row.
    """
    for line in stream:
        budget[0] += len(line)
        if budget[0] > ROW_LIMIT:
            raise OverflowError("row")
        yield line
