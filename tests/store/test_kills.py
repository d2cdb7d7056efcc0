"""The small kill campaign of each run; the large one is `campaign.py`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of Unix systems")
def test_forty_kills_lose_nothing_acknowledged_and_leave_nothing_half_recorded() -> None:
    script = Path(__file__).with_name("campaign.py")
    said = subprocess.run([sys.executable, str(script), "--kills", "40", "--seed", "3"], capture_output=True,
                          text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    figures = re.match(r"40 kills, (\d+) inside a batch, (\d+) acknowledged, 0 failures", said.stdout)
    assert figures is not None, said.stdout
    assert int(figures[1]) >= 15, "too few kills fell inside a batch to mean anything"
