"""`--metrics`: a file that Prometheus reads, whole or not at all, whatever devices call themselves."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from camscan.report.metrics import as_metrics
from tests.cli_rig import Scanner, install, run
from tests.inventory_rig import advisory, camera, finding, rows, scanned

LAN = "10.0.0.0/24"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

# The grammar of prometheus.io/docs/instrumenting/exposition_formats, "Text format details": a metric name, label names,
# label values with three escapes (of the backslash, the quote and the line end), one value, no timestamp here.
NAME, VALUE = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'(?:[^\\"\n]|\\[\\"n])*'
LABEL = rf'[a-zA-Z_][a-zA-Z0-9_]*="{VALUE}"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")
HEAD = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")


def parse(text: str) -> Samples:
    """The samples. Fails for anything that is not of the format: no line end, a metric without or with two heads,
    samples of a metric in two places, the same one twice."""
    assert text.endswith("\n")
    samples: Samples = {}
    heads: list[tuple[str, str]] = []
    for line in text.removesuffix("\n").split("\n"):
        if head := HEAD.fullmatch(line):
            assert (head[1], head[2]) not in heads
            assert head[1] == "HELP" or head[3] == "gauge"
            heads.append((head[1], head[2]))
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert heads[-2:] == [("HELP", sample[1]), ("TYPE", sample[1])]
        labels = frozenset((n, v) for n, v in re.findall(rf'([a-z_]+)="({VALUE})"', sample[2] or ""))
        assert (sample[1], labels) not in samples
        samples[sample[1], labels] = float(sample[3])
    return samples


def at(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"camscan_{name}", frozenset(labels.items())]


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scanner:
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(tmp_path / "inventory.sqlite"))
    return install(monkeypatch)


def test_two_nights_are_counted(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "camscan.prom"
    command = ("scan", LAN, "--quiet", "--changes-only", "--metrics", str(path))
    scanner.result = scanned(1, camera(1), camera(2))
    assert run(*command).code == 0
    scanner.result = scanned(2, camera(1, kind="camera", findings=(finding(),), advisories=(advisory(),)))
    assert run(*command, "--fail-on", "change").code == 1
    told = parse(path.read_text())
    assert at(told, "scan_timestamp_seconds") == scanner.result.ended
    assert (at(told, "scan_duration_seconds"), at(told, "scan_partial"), at(told, "scan_exit_code")) == (60, 0, 1)
    assert at(told, "devices", vendor="hikvision", kind="camera") == 1
    assert (at(told, "inventory_devices", state="present"), at(told, "inventory_devices", state="gone")) == (1, 1)
    assert (at(told, "findings", severity="high"), at(told, "findings", severity="low")) == (1, 0)
    assert (at(told, "advisories", severity="critical", exploited="true"), at(told, "devices_exploitable")) == (1, 1)
    assert {e: at(told, "changes", event=e) for e in ("new", "gone", "exposed")} == {"new": 0, "gone": 1, "exposed": 1}
    assert at(told, "scan_coverage_rows", state="asked") == len(rows())
    assert at(told, "notices_waiting") == 0


def test_without_a_record_the_inventory_is_left_out(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "camscan.prom"
    scanner.result = replace(scanned(1), partial=True, coverage=rows(state="partial"))
    assert run("scan", LAN, "--quiet", "--no-record", "--metrics", str(path)).code == 3
    told = parse(path.read_text())
    assert (at(told, "scan_partial"), at(told, "scan_exit_code")) == (1, 3)
    assert not any(name in ("camscan_changes", "camscan_inventory_devices") for name, _ in told)


def test_nothing_that_a_device_says_is_a_label() -> None:
    hostile = 'x"} 1\n# HELP camscan_x \\ \u202e'
    said = scanned(1, camera(1, model=hostile, firmware=hostile, serial=hostile, site=hostile))
    assert parse(as_metrics(said, 0, None, None)) == parse(as_metrics(scanned(1, camera(1)), 0, None, None))
    odd = parse(as_metrics(scanned(1, camera(1, vendor=hostile)), 0, None, None))
    assert sum(value for (name, _), value in odd.items() if name == "camscan_devices") == 1


@pytest.mark.parametrize("path", ["nowhere/x.prom", "-"])
def test_a_file_that_cannot_be_made_is_told_before_the_first_packet(scanner: Scanner, path: str) -> None:
    ended = run("scan", LAN, "--quiet", "--metrics", path)
    assert (ended.code, ended.err.count("\n"), scanner.plans) == (2, 1, [])


def test_a_disk_that_is_full_costs_the_metrics_alone(scanner: Scanner) -> None:
    ended = run("scan", LAN, "--quiet", "-f", "jsonl", "--metrics", "/dev/full")
    assert (ended.code, ended.err) == (4, "camscan: --metrics /dev/full: No space left on device\n")
    assert ended.out


def test_a_scan_that_cannot_run_leaves_the_file_as_it_was(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "camscan.prom"
    path.write_text("before")
    assert run("scan", LAN, "--inventory", "/dev/null/x", "--metrics", str(path)).code == 4
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.glob("*camscan.prom*")] == ["camscan.prom"]


def test_what_is_ignored_raises_no_alarm(scanner: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "camscan.prom"
    scanner.result = scanned(1, camera(1, findings=(finding(),), advisories=(advisory(),)))
    run("scan", "10.0.0.0/24", "--metrics", str(path))
    assert 'camscan_findings{severity="high"} 1' in path.read_text()
    run("ignore", "all", "telnet-open", "CVE-2021-36260", "--reason", "until March")
    run("scan", "10.0.0.0/24", "--metrics", str(path))
    text = path.read_text()
    assert 'camscan_findings{severity="high"} 0' in text
    assert "camscan_devices_exploitable 0" in text
    assert 'exploited="true"' not in text
