"""The table, against golden files; and what it does with the strings of a hostile device.

A golden file is what the function writes, looked at by a person when it was made.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from camscan.model import Conflict
from camscan.report.ranges import as_ranges
from camscan.report.table import as_table, summary
from tests.report_rig import ESCAPE, HOSTILE, camera, device, hostile, middlebox, ordinary, recorder, result

GOLDEN = Path(__file__).parent / "golden"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def uncoloured(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in COLOUR.sub("", text).split("\n")[:-1])


def test_in_a_pipe_it_is_plain_and_one_line_a_device() -> None:
    assert as_table(ordinary()) == golden("table_plain.txt")


@pytest.mark.parametrize("width", [80, 140])
def test_on_a_terminal_it_fits_the_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = as_table(ordinary(), terminal=True, width=width)
    assert uncoloured(text) == golden(f"table_{width}.txt")
    assert "\x1b[32m" in text
    assert max(map(len, uncoloured(text).splitlines())) <= width


def test_no_colour_where_the_user_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    codes = set(COLOUR.findall(as_table(ordinary(), terminal=True, width=100)))
    assert codes <= {"\x1b[0m", "\x1b[1m", "\x1b[2m"}


def test_columns_are_given_up_before_models_are_folded() -> None:
    narrow = as_table(result(camera(), recorder()), terminal=True, width=80)
    assert "Left out for lack of width: found by, kind" in narrow
    assert "DHI-NVR5216-16P-4KS2E" in narrow
    assert "Left out" not in as_table(result(camera()), terminal=True, width=80)


def test_a_conflict_without_support_shows_no_percentage() -> None:
    conflict = Conflict(attribute="serial", values=(("A1", 0.0), ("B2", 0.0)), reason="one address, two serials")
    text = as_table(result(device("10.0.0.5", conflicts=(conflict,))))
    assert "10.0.0.5  serial: one address, two serials: A1 or B2\n" in text


def test_devices_stand_in_numeric_order() -> None:
    devices = [device(a) for a in ("10.0.0.10", "fd00::1", "10.0.0.9", "9.255.0.1")]
    found = re.findall(r"^(\S+) +unknown", as_table(result(*devices)), re.MULTILINE)
    assert found == ["9.255.0.1", "10.0.0.9", "10.0.0.10", "fd00::1"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("terminal", [False, True])
def test_a_hostile_device_can_neither_drive_the_terminal_nor_fill_it(text: str, terminal: bool) -> None:
    shown = as_table(result(hostile(text)), terminal=terminal, width=100)
    plain = uncoloured(shown) if terminal else shown
    assert all(c.isprintable() or c == "\n" for c in plain)
    assert len(plain) < 10_000
    assert plain.encode("utf-8")


def test_markup_of_a_device_is_text() -> None:
    shown = as_table(result(hostile("[bold red]x[/] :smile:")), terminal=True, width=140)
    assert "[bold red]x[/] :smile:" in uncoloured(shown)


def test_an_escape_sequence_is_shown_as_what_it_is() -> None:
    assert "\\x1b[31mred" in as_table(result(hostile(ESCAPE)))


def test_the_summary_counts_makers_and_what_could_not_be_read() -> None:
    assert summary(ordinary()) == "4 devices: 1 axis, 1 dahua, 1 hikvision, 1 unknown. 2 replies could not be read."
    assert summary(result(undecoded=())) == "No device found."
    many = [device(f"10.0.0.{n}", vendor=f"maker-{n}") for n in range(1, 10)]
    assert summary(result(*many, undecoded=())).endswith("1 maker-5, 4 of other makers.")


def test_a_middlebox_is_one_row_and_no_device() -> None:
    text = as_table(result(middlebox(), camera("10.0.1.9"), undecoded=()))
    said = "1 middlebox answers for 254 addresses, or these are as many alike devices (hikvision)."
    assert f"1 device: 1 hikvision. {said}\n" in text
    assert "\n10.0.0.0/24 (254)  hikvision (annke)  DS-2CD2042WD-I  V5.5.6    middlebox  !50%" in text
    assert "10.0.0.0/24 (254)  vendor: inconsistent: 254 of 254 addresses" in text
    assert summary(result(middlebox(), undecoded=())) == f"No device found. {said}"


def test_only_a_middlebox_that_names_a_maker_may_be_many_devices() -> None:
    nameless = replace(middlebox(16), vendor=None)
    assert summary(result(nameless, undecoded=())).endswith(". 1 middlebox answers for 16 addresses.")
    assert summary(result(nameless, middlebox(), undecoded=())).endswith(
        "2 middleboxes answer for 270 addresses, or 254 of these are as many alike devices (hikvision)."
    )


def test_of_thousands_of_conflicts_and_values_a_few_are_shown() -> None:
    values = tuple((f"S{n}", 0.0) for n in range(3000))
    conflicts = tuple(Conflict(attribute="serial", values=values, reason=f"reason {n}") for n in range(3000))
    text = as_table(result(replace(camera(), conflicts=conflicts), undecoded=()))
    assert "  serial: reason 19: S0 or S1 or S2 or S3 or S4 or 2,995 more\n" in text
    assert "  and 2,980 more\n" in text
    assert "reason 20:" not in text


def test_a_partial_scan_is_never_silently_clean() -> None:
    assert "Partial: some addresses could not be asked" in as_table(result(partial=True))
    assert "Partial" not in as_table(result())


@pytest.mark.parametrize(
    ("networks", "shown"),
    [
        (["10.0.0.0/25", "10.0.0.128/25"], ["10.0.0.0/24"]),
        (["10.0.0.5/32", "10.0.0.6/31", "10.0.0.8/32"], ["10.0.0.5-10.0.0.8"]),
        (["10.0.0.9/32", "10.0.0.8/30"], ["10.0.0.8/30"]),
        (["fd00::1/128", "10.0.0.1/32"], ["10.0.0.1", "fd00::1"]),
        (["each open port", "10.0.0.0/24"], ["10.0.0.0/24", "each open port"]),
    ],
)
def test_networks_are_shown_as_a_person_writes_them(networks: list[str], shown: list[str]) -> None:
    assert as_ranges(networks) == shown
