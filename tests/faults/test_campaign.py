"""The fault campaign at the size of each continuous run; the large one is `run.py faults --full`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CAMPAIGN = Path(__file__).with_name("campaign.py")
SEED = 3
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="faults of files are injected on Linux only"),
    pytest.mark.skipif(shutil.which("cc") is None,
                       reason="there is no C compiler: install the packages gcc and libc6-dev"),
]


def carry_out(*faults: str) -> dict[str, dict[str, Any]]:
    """Run faults of the campaign with the seed of these tests; fails with every failure, its seed and state."""
    said = subprocess.run([sys.executable, str(CAMPAIGN), "--json", "--seed", str(SEED), "--only", ",".join(faults)],
                          capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == len(faults), said.stdout + said.stderr
    failures = [f"{line['fault']}: {failure}" for line in lines for failure in line["failures"]]
    assert not failures, "\n".join(failures[:20])
    assert said.returncode == 0
    for line in lines:
        assert line["tried"] == line["planned"] == line["caught"] or line["fault"] == "R2t", line
        assert (line["lost"], line["false_figures"]) == (0, 0)
    return {line["fault"]: line for line in lines}


def test_a_kill_at_any_operation_loses_nothing_acknowledged_and_applies_nothing_half() -> None:
    killed = carry_out("R1")["R1"]["notes"]
    assert len(killed) == 9, "a command was not killed at all"
    assert min(killed.values()) >= 25


def test_no_loss_of_power_takes_an_acknowledged_entry_and_the_replay_is_not_blind() -> None:
    found = carry_out("R2", "R2t")
    assert found["R2"]["tried"] == 2_000
    assert found["R2t"]["notes"]["losses found, as it must"] > 100


def test_a_full_or_failing_disk_is_told_as_it_is() -> None:
    found = carry_out("R3", "R4", "R5")
    assert found["R3"]["notes"]["refused"] >= 8
    assert found["R4"]["notes"]["recorded"] > 50


def test_one_writes_the_other_is_refused_by_name_and_readers_see_whole_states() -> None:
    notes = carry_out("R6")["R6"]["notes"]
    assert notes["refusals of the second writer"] > 5
    assert notes["looks of readers"] > 15


def test_a_flipped_bit_and_tampering_are_named_or_change_no_figure() -> None:
    found = carry_out("R7", "R8")
    assert found["R7"]["notes"]["named by verify"] > 10
    assert found["R8"]["notes"]["by the checkpoint"] >= 6


def test_clocks_upgrades_and_restores_hold() -> None:
    assert carry_out("R9", "R11", "R12")["R11"]["notes"]["killed in migration"] == 10


def test_hostile_files_are_refused_or_read_within_time_and_memory() -> None:
    found = carry_out("R10")["R10"]
    assert found["tried"] > 5_000
    assert found["notes"]["refused"] > 1_000
    assert found["notes"]["read"] > 300


def test_the_one_command_writes_its_table(tmp_path: Path) -> None:
    command = CAMPAIGN.parents[2] / "packaging" / "faults.py"
    said = subprocess.run([sys.executable, str(command), "--only", "r9", "--out", str(tmp_path)], capture_output=True,
                          text=True, check=False, env={**os.environ, "SANDYQ_VENV": sys.prefix})
    assert said.returncode == 0, said.stdout + said.stderr
    table = (tmp_path / "faults.csv").read_text().splitlines()
    assert table[1].startswith("R9,") and ",12,12,12,0,0,0," in table[1]
    assert (tmp_path / "faults.md").read_text().count("\n") == 3
