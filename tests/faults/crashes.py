"""What a loss of power may leave of the files of a folder, worked out from the log of `shim.c` (R2).

A sync makes what was written to its file certain, a sync of a folder the names in it. Of all else each piece of a page
or of a sector may have reached the disk or not, in any order; names that were not synced may be lost in order, as file
systems with a journal lose them, or any of them.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import shim

_RECORD = struct.Struct("=IIQqQ")
_CREATED = 1
_SECTOR = 512
_PAGE = 4096
VOLATILE = ("-shm",)
"""Files that the engine never trusts after a crash: its index of the log is made anew."""


@dataclass(frozen=True)
class Call:
    """One line of the log."""

    kind: int
    aux: int
    inode: int
    offset: int
    data: bytes


def read_log(file: Path) -> list[Call]:
    raw = file.read_bytes()
    calls: list[Call] = []
    place = 0
    while place < len(raw):
        kind, aux, inode, offset, length = _RECORD.unpack_from(raw, place)
        place += _RECORD.size
        calls.append(Call(kind, aux, inode, offset, raw[place:place + length]))
        place += length
    return calls


@dataclass
class Disk:
    """What is on the disk for certain, and what only might be: pieces of files by inode, and changes of names.

    An inode gets a number of its own when it is made: the system uses inode numbers again.
    """

    names: dict[str, int] = field(default_factory=dict)
    durable: dict[int, bytearray] = field(default_factory=dict)
    waiting: dict[int, list[Call]] = field(default_factory=dict)
    changes: list[tuple[str, str, int]] = field(default_factory=list)
    """Names not yet certain: (folder, name, number), number -1 for a name that went."""
    current: dict[str, int] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """Take what stands in a folder as durable."""
        disk = cls()
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                disk.folders.append(str(path))
                continue
            number = disk._number(path.stat().st_ino)
            disk.durable[number] = bytearray(path.read_bytes())
            disk.names[str(path)] = disk.current[str(path)] = number
        return disk

    def _number(self, inode: int) -> int:
        self.numbers[inode] = len(self.durable)
        self.durable[len(self.durable)] = bytearray()
        return self.numbers[inode]

    def apply(self, call: Call) -> None:
        """Go one call further."""
        if call.kind == shim.OPEN:
            self._open(call)
        elif call.kind in (shim.WRITE, shim.TRUNCATE):
            number = self.numbers.get(call.inode)
            if number is not None:
                self.waiting.setdefault(number, []).append(call)
        elif call.kind == shim.SYNC and call.aux:
            self._sync_folder(os.fsdecode(call.data))
        elif call.kind == shim.SYNC and call.inode in self.numbers:
            number = self.numbers[call.inode]
            for one in self.waiting.pop(number, ()):
                put(self.durable[number], one)
        elif call.kind in (shim.RENAME, shim.LINK):
            old, new = os.fsdecode(call.data).split("\0")
            number = self.current[old]
            self._name(new, number)
            if call.kind == shim.RENAME:
                self._name(old, -1)
        elif call.kind == shim.UNLINK:
            self._name(os.fsdecode(call.data), -1)
        elif call.kind == shim.MAKE:
            self.folders.append(os.fsdecode(call.data))
            self._name(os.fsdecode(call.data), -2)

    def _open(self, call: Call) -> None:
        path = os.fsdecode(call.data)
        if call.aux == _CREATED:
            self._name(path, self._number(call.inode))
        elif call.aux:
            cut = Call(shim.TRUNCATE, 0, call.inode, 0, b"")
            self.waiting.setdefault(self.current[path], []).append(cut)

    def _name(self, path: str, number: int) -> None:
        self.changes.append((str(Path(path).parent), path, number))
        if number == -1:
            self.current.pop(path, None)
        else:
            self.current[path] = number

    def _sync_folder(self, folder: str) -> None:
        kept = []
        for change in self.changes:
            if change[0] == folder:
                rename(self.names, change)
            else:
                kept.append(change)
        self.changes = kept

    def crashed(self, chance: random.Random, to: Path, origin: Path) -> str:
        """Write one state that the crash may have left; returns how it was chosen."""
        names = dict(self.names)
        ordered = chance.random() < 0.7
        upto = chance.randint(0, len(self.changes))
        for place, change in enumerate(self.changes):
            if place < upto if ordered else chance.random() < 0.5:
                rename(names, change)
        style = chance.choice(("none", "all", "prefix", "subset", "torn 512", "torn 4096", "hole"))
        made = {str(origin)} | {path for path, number in names.items() if number == -2} | {
            folder for folder in self.folders if folder in self.names or folder not in self.current}
        for folder in sorted(made):
            (to / os.path.relpath(folder, origin)).mkdir(parents=True, exist_ok=True)
        for path, number in names.items():
            if number < 0 or path.endswith(VOLATILE) or str(Path(path).parent) not in made:
                continue
            content = self.durable[number]
            waiting = self.waiting.get(number)
            if waiting and style != "none":
                content = bytearray(content)
                for call in chosen(waiting, style, chance):
                    put(content, call)
            (to / os.path.relpath(path, origin)).write_bytes(content)
        return f"{style}, names {'in order' if ordered else 'in any order'}"


def rename(names: dict[str, int], change: tuple[str, str, int]) -> None:
    _, path, number = change
    if number == -1:
        names.pop(path, None)
    else:
        names[path] = number


def put(content: bytearray, call: Call) -> None:
    if call.kind == shim.TRUNCATE:
        del content[call.offset:]
        content.extend(bytes(call.offset - len(content)))
        return
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    content[call.offset:call.offset + len(call.data)] = call.data


def chosen(waiting: list[Call], style: str, chance: random.Random) -> Iterator[Call]:
    """Yield what of the unsynced calls reached the disk."""
    part = chance.random()
    upto, hole = chance.randint(0, len(waiting)), chance.randrange(len(waiting))
    size = _SECTOR if style == "torn 512" or chance.random() < 0.5 else _PAGE
    for place, call in enumerate(waiting):
        whole = {"all": True, "prefix": place < upto, "hole": place != hole}.get(style)
        if whole is None and (style == "subset" or call.kind == shim.TRUNCATE):
            whole = chance.random() < part
        if whole:
            yield call
        elif whole is None:
            yield from pieces(call, size, chance, part)


def pieces(call: Call, size: int, chance: random.Random, part: float) -> Iterator[Call]:
    start = call.offset
    end = start + len(call.data)
    while start < end:
        stop = min(end, (start // size + 1) * size)
        if chance.random() < part:
            yield Call(shim.WRITE, 0, call.inode, start, call.data[start - call.offset:stop - call.offset])
        start = stop
