"""A piece of work in a child process that may be killed: forked, so that nothing is imported twice."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import shim

Say = Callable[[str], None]
Job = Callable[[Say], None]


@dataclass(frozen=True)
class Ended:
    """How a child ended: the lines it said while it worked, whether it was killed, whether it took too long."""

    said: tuple[str, ...]
    killed: bool
    late: bool
    calls: int
    """The counted calls; of a child that ran to its end only."""

    @property
    def fault(self) -> str:
        """What the child raised that nobody expected."""
        return next((line for line in self.said if line.startswith("fault ")), "")


def run(job: Job, arms: shim.Arms | None = None, seconds: float = 60) -> Ended:
    """Run a job in a forked child; `say` goes through a pipe that no fault touches."""
    reading, writing = os.pipe()
    gc.freeze()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(job, arms, writing)
    os.close(writing)
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    late = False
    while True:
        ready = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]
        if not ready:
            late = True
            os.kill(child, signal.SIGKILL)
            deadline += 30
            continue
        part = os.read(reading, 1 << 16)
        if not part:
            break
        parts.append(part)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    lines = b"".join(parts).decode(errors="replace").split("\n")[:-1]
    calls = next((int(line.split()[1]) for line in lines if line.startswith("calls ")), 0)
    return Ended(tuple(line for line in lines if not line.startswith("calls ")), os.WIFSIGNALED(status), late, calls)


def _work(job: Job, arms: shim.Arms | None, writing: int) -> None:
    def say(line: str) -> None:
        os.write(writing, (line.replace("\n", " ") + "\n").encode())

    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        shim.arm(arms)
        job(say)
    except BaseException as error:
        shim.arm(None)
        with contextlib.suppress(OSError):
            say(f"fault {type(error).__name__}: {error}")
    else:
        calls = shim.counted()
        shim.arm(None)
        say(f"calls {calls}")
    finally:
        os._exit(0)
