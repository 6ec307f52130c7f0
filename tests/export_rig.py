"""A small inventory to be exported: what is ordinary, what is missing, and a device that says something hostile."""

from dataclasses import replace

from camscan.model import Ignored
from camscan.register import Listed, Standing, Unit
from camscan.report.export.material import Material
from tests.inventory_rig import START

NAMES = {"hikvision": "Hikvision", "dahua": "Dahua", "annke": "ANNKE"}
LATER = START + 86_400


def standing(name: str = "telnet-open", **changes: object) -> Standing:
    usual = Standing(
        kind="finding",
        id=name,
        severity="high",
        exploited=False,
        since=START,
        unconfirmed=None,
        said={"confidence": 0.98, "evidence": ["tcp port 23 speaks telnet"], "reason": None},
        basis={"remedy": "Close it.", "source": "https://example.org/telnet", "date": "2026-11-29"},
        ignored=None,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def advisory(**changes: object) -> Standing:
    said = {"confidence": 0.9, "reason": "V5.4.5 is before V5.5.0"}
    basis = {"fixed_in": "V5.5.0", "kev": True}
    usual = standing("CVE-2021-36260", kind="advisory", severity="critical", exploited=True, said=said, basis=basis)
    return replace(usual, **changes)  # type: ignore[arg-type]


def unit(identifier: str, *things: Standing, gone: float | None = None, **values: str) -> Unit:
    device = Listed(
        id=identifier,
        values=values,
        first_seen=START,
        last_seen=LATER,
        gone=gone,
        findings=tuple(one.id for one in things if one.kind == "finding" and one.ignored is None),
        advisories=tuple(one.id for one in things if one.kind == "advisory" and one.ignored is None),
        ignored=tuple(one.id for one in things if one.ignored is not None),
    )
    return Unit(device=device, standing=things)


def camera(identifier: str = "aaaa0001", *things: Standing, **changes: str) -> Unit:
    values = {
        "address": "10.0.0.9",
        "addresses": "fd00::9",
        "services": "tcp/23/telnet tcp/80/http",
        "vendor": "hikvision",
        "brand": "annke",
        "model": "DS-2CD2042WD-I",
        "firmware": "V5.4.5",
        "build": "build 170124",
        "serial": "DS-2CD2042WD-I20160101AAWR123456789",
        "mac": "44:19:b6:00:00:01",
        "kind": "camera",
        "site": "Town hall",
    }
    return unit(identifier, *things, **(values | changes))


def hostile(text: str) -> Unit:
    """A device that says one thing wherever it may say something, and on whose findings people did the same."""
    things = (
        standing(said={"evidence": [text, text]}),
        standing("ftp-open", ignored=Ignored(who=text, reason=text, until=LATER)),
        advisory(said={"reason": text}, basis={"fixed_in": text, "kev": True}),
        advisory(ignored=Ignored(who=text, reason=text, until=None)),
    )
    names = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "uuid", "kind", "site", "addresses")
    return unit("bad00bad", *things, address="10.0.0.66", **dict.fromkeys(names, text))


def ordinary() -> Material:
    """Three devices: two alike, of which the owner lives with what is known of one, and one that tells nothing."""
    lived_with = Ignored(who="anna", reason="replaced in March", until=START + 120 * 86_400)
    first = camera("aaaa0001", advisory(), standing())
    second = camera(
        "aaaa0002", advisory(ignored=lived_with), standing(unconfirmed=LATER),
        address="10.0.0.10", addresses="", serial="DS-2CD2042WD-I20160101AAWR123456790", mac="44:19:b6:00:00:02",
    )  # fmt: skip
    return material(first, second, unit("aaaa0003", gone=LATER, address="10.0.0.11"))


def material(*units: Unit) -> Material:
    return Material(units=units, time=LATER, tool_version="1", data={"fingerprints": "2026-11-22"}, names=NAMES)
