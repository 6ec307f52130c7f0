"""What to do first: the order is one that anybody can check, and nothing found is left out of it."""

from dataclasses import replace

from camscan.assess.priorities import NO_FIX, UPDATE, actions
from camscan.model import AdvisoryVerdict, Device, Finding, ScanResult
from camscan.report.table import as_table
from tests.report_rig import device


def finding(identity: str, severity: str, state: str = "found") -> Finding:
    stated = Finding(
        id=identity,
        severity=severity,
        confidence=0.9,
        evidence=("seen",),
        remedy=f"mend {identity}",
        source="RFC 1",
        date="2026-11-29",
    )
    return stated if state == "found" else replace(stated, state="cannot-say", reason="nobody told", evidence=())


def advisory(
    identity: str, severity: str, kev: bool = False, fixed_in: str | None = "V2", verdict: str = "affected"
) -> AdvisoryVerdict:
    return AdvisoryVerdict(
        id=identity,
        verdict=verdict,  # type: ignore[arg-type]
        reason="",
        fixed_in=fixed_in,
        kev=kev,
        confidence=0.9,
        severity=severity,
    )


def camera(number: int, *findings: Finding, advisories: tuple[AdvisoryVerdict, ...] = ()) -> Device:
    return device(f"10.0.0.{number}", findings=findings, advisories=advisories)


def listed(*devices: Device) -> list[tuple[str, bool, tuple[str, ...], tuple[str, ...]]]:
    return [(a.severity, a.exploited, a.reasons, a.devices) for a in actions(devices)]


def test_exploited_comes_first_then_severity_then_the_number_of_devices() -> None:
    assert listed(
        camera(1, finding("b", "medium"), finding("a", "medium"), finding("worst", "critical")),
        camera(2, finding("b", "medium"), advisories=(advisory("CVE-1", "high", kev=True),)),
    ) == [
        ("high", True, ("CVE-1",), ("10.0.0.2",)),
        ("critical", False, ("worst",), ("10.0.0.1",)),
        ("medium", False, ("b",), ("10.0.0.1", "10.0.0.2")),
        ("medium", False, ("a",), ("10.0.0.1",)),
    ]


def test_what_is_no_work_and_what_cannot_be_said_is_not_listed() -> None:
    unclear = advisory("CVE-1", "critical", verdict="cannot-say")
    assert listed(camera(1, finding("x", "info"), finding("y", "critical", "cannot-say"), advisories=(unclear,))) == []


def test_a_device_is_updated_once_for_the_worst_that_affects_it() -> None:
    both = (advisory("CVE-1", "medium"), advisory("CVE-2", "critical"), advisory("CVE-3", "critical"))
    (action,) = actions([camera(1, advisories=both)])
    assert (action.severity, action.reasons, action.remedy) == ("critical", ("CVE-2", "CVE-3"), UPDATE)


def test_where_no_fix_is_known_it_does_not_say_update() -> None:
    remedies = {
        action.devices: action.remedy
        for action in actions([
            camera(1, advisories=(advisory("CVE-1", "high", fixed_in=None),)),
            camera(2, advisories=(advisory("CVE-1", "high"),)),
        ])
    }  # fmt: skip
    assert remedies == {("10.0.0.1",): NO_FIX, ("10.0.0.2",): UPDATE}


def result(*devices: Device) -> ScanResult:
    return ScanResult(
        id="x",
        started=None,
        ended=None,
        scope=(),
        vantage=None,
        partial=False,
        devices=devices,
        coverage=(),
        undecoded=(),
        actions=actions(devices),
    )


def test_the_table_tells_what_to_do_its_order_and_what_cannot_be_said() -> None:
    devices = [
        camera(n, finding("telnet-open", "high"), finding("never-activated", "critical", "cannot-say"))
        for n in range(1, 6)
    ]
    text = as_table(result(*devices))
    part = text[text.index("What to do first") :].splitlines()
    assert part[0] == "What to do first (what is exploited already, then by severity, then by number of devices)"
    assert part[2].split() == [
        "1", "high", "5", "mend", "telnet-open", "telnet-open", "10.0.0.1", "10.0.0.2", "10.0.0.3", "and", "2", "more",
    ]  # fmt: skip
    assert "What cannot be said, and of how many devices: never-activated (5)." in part[4]


def test_a_site_without_anything_to_do_has_no_such_part() -> None:
    assert "What to do first" not in as_table(result(camera(1)))
