"""A dossier in which every field that may hold something private does, and an eye of its own for what is left of it.

The eye shares no code with `camscan.report.redaction`: it spells an original in every way in which it may stand in a
page or a file, and looks for each of them, one after the other.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import quote

from camscan.change import Change, Comparison
from camscan.decision import Decision
from camscan.dossier import Dossier, Evidence, Heard, Moment, Sheet, Title
from camscan.model import (
    AdvisoryVerdict,
    Capability,
    Coverage,
    Finding,
    Ignored,
    Middlebox,
    PolicyVerdict,
    ScanResult,
    Service,
)
from camscan.place import Location
from camscan.register import Listed, ScanEntry
from camscan.removal import Progress, Removal, Said, SiteCount, Tally
from camscan.report.export.material import Material
from camscan.report.printable import printable
from tests import export_rig, report_rig
from tests.inventory_rig import DAY, START

NAMES = {"hikvision": "Hikvision", "dahua": "Dahua", "annke": "ANNKE"}
TITLES = {
    "telnet-open": Title(text="Telnet is open", why="Anybody may listen.", sources=("https://example.org/telnet",)),
    "CVE-2021-36260": Title(text="Command injection", sources=("https://example.org/36260",), date="2021-09-18"),
}

Secrets = Mapping[str, str]
"""What must not be left, by what it is."""


def secrets(n: int = 0) -> dict[str, str]:
    """One of everything that tells who and where; distinct for each number below 90."""
    return {
        "address": f"10.20.{30 + n}.17",
        "other address": f"10.21.{30 + n}.18",
        "IPv6 address": f"fd12:3456:789a::{n + 1:x}17",
        "network": f"10.20.{30 + n}.0/24",
        "serial": f"DS-2CD2042WD-I20160101AAWR77{10 + n}31{57 - n // 2}9",
        "MAC": f"44:19:b6:5a:{0x10 + n:02x}:e7",
        "UUID": f"5b0c7e21-3d64-4a0f-9c1b-4419b65a{0x10 + n:02x}e7",
        "district": f"Fjordkreds{n:02}",
        "site": f"Rosengård Skole {n}",
        "building": f"Sydfløjen{n:02}",
        "room": f"Krypt{n:02} Ærø",
        "tag": f"udskiftes-påske{n:02}",
        "person": f"Grethe Møllebæk{n:02}",
        "remark": f"Bliver her til Svend {n} har talt med forvaltningen om det nye anlæg",
        "vantage": f"gæstenet-vest{n:02}",
        "interface": f"enp7s{n:02}f3xq",
        "host name": f"kamera{n:02}.rosengaardskole.dk",
        "place": f"/srv/rosengaard{n:02}/fortegnelse.sqlite",
        "title": f"Ællinge Kommune {n}",
        "policy": f"aellinge-kameraregler{n:02}",
        "device id": f"7f3a9c{n:02}d41e8b06",
        "scan id": f"natlig-scanning-{n:02}-9e1c",
    }


def sheet(known: Secrets, **changes: object) -> Sheet:
    """A camera that says of itself and its owner whatever there is to say."""
    lived_with = Ignored(who=known["person"], reason=known["remark"], until=None)
    told = (
        f"{known['address']}:80 shows a certificate that names itself as issuer (CN={known['host name']})",
        f"its sadp reply from {known['MAC'].upper()} names {known['serial']}",
        f"ONVIF names interfaces in {known['network']} and [{known['IPv6 address']}]:80",
    )
    device = report_rig.device(
        known["address"],
        id=known["device id"],
        addresses=(known["address"], known["other address"], known["IPv6 address"]),
        mac=known["MAC"],
        vendor="hikvision",
        brand="annke",
        model="DS-2CD2042WD-I",
        firmware="V5.4.5",
        build="build 170124",
        serial=known["serial"],
        kind="camera",
        capabilities=(Capability(id="ptz", state="observed", enabled=None, evidence=(known["serial"],)),),
        services=(Service(address=known["address"], port=554, transport="tcp", protocol="rtsp"),),
        findings=(finding(told), replace(finding(told), id="ftp-open", ignored=lived_with)),
        advisories=(advisory(f"judged as it says at {known['address']}"),),
        verdicts=(verdict(known),),
        district=known["district"],
        site=known["site"],
        building=known["building"],
        room=known["room"],
        record=known["device id"],
        approved=True,
        tags=(known["tag"],),
        first_seen=START,
        last_seen=START + DAY,
    )
    return Sheet(
        numbers=(31337,),
        device=replace(device, **changes),  # type: ignore[arg-type]
        uuid=known["UUID"],
        where=Location(**{name: known[name] for name in ("district", "site", "building", "room")}),
        since={"telnet-open": START, known["policy"]: START},
        unconfirmed={"telnet-open": START},
        untold={"serial": START},
        heard=(Heard("http", "tcp", 80, f"http://{known['address']}/{quote(known['site'], errors='replace')}"),),
        vantages=(known["vantage"],),
        evidence=tuple(evidence(known)),
    )


def finding(told: tuple[str, ...]) -> Finding:
    return Finding(
        id="telnet-open", severity="high", confidence=0.9, evidence=told, remedy="Close it.",
        source="https://example.org/telnet", date="2026-11-29",
    )  # fmt: skip


def advisory(reason: str) -> AdvisoryVerdict:
    return AdvisoryVerdict(
        id="CVE-2021-36260", verdict="affected", reason=reason, fixed_in="V5.5.0", kev=True, confidence=0.9,
        severity="critical",
    )  # fmt: skip


def verdict(known: Secrets) -> PolicyVerdict:
    return PolicyVerdict(
        policy=known["policy"], verdict="covered", reason=f"it is at {known['site']}", citation=known["title"],
        date="2026-11-29",
    )  # fmt: skip


def evidence(known: Secrets) -> Iterator[Evidence]:
    mac = known["MAC"].replace(":", "")
    said = {
        "serial": (known["serial"], "serial", known["serial"].lower()),
        "mac": (known["MAC"], "mac", known["MAC"].replace(":", "-").upper()),
        "model": ("DS-2CD2042WD-I", "scope_name", f"DS-2CD2042WD-I {known['site']} cam{mac[6:]}"),
        "vendor": ("hikvision", "subject_cn", f"CN={known['host name']}, O={known['title']}"),
        "brand": ("annke", "title", f"ANNKE {quote(known['room'], errors='replace')} {mac.upper()}"),
        "kind": ("camera", "xaddr", f"http://{known['address']}/onvif {hex_of(known['serial'])}"),
        "inconsistency": (f"two serials: {known['serial']}", "serial", known["UUID"].upper()),
    }
    for attribute, (value, field, text) in said.items():
        yield Evidence(
            attribute, value, 0.9, f"http {known['host name']}", field, text, f"rule-{attribute}",
            "https://example.org", "2026-11-22", 1,
        )  # fmt: skip


def hex_of(text: str) -> str:
    return text.encode("utf-8", "replace").hex()


def gone(known: Secrets) -> Listed:
    names = ("address", "serial", "district", "site", "building", "room")
    values = {name: known[name] for name in names} | {
        "mac": known["MAC"], "uuid": known["UUID"], "vendor": "hikvision", "model": "DS-2CD2042WD-I",
        "addresses": f"{known['other address']} {known['IPv6 address']}", "services": "tcp/80/http",
    }  # fmt: skip
    return Listed(
        id=known["device id"], values=values, first_seen=START, last_seen=START, gone=START + DAY,
        tags=(known["tag"],), ignored=(known["policy"],),
    )  # fmt: skip


def changes(known: Secrets) -> Iterator[Change]:
    told = {"device": known["device id"], "address": known["address"], "name": "hikvision DS-2CD2042WD-I"}
    for subject, before, after in (
        ("address", known["address"], known["other address"]),
        ("serial", known["serial"], None),
        ("mac", known["MAC"], known["MAC"].upper()),
        ("site", known["site"], "x"),
        ("room", known["room"], None),
        ("addresses", known["IPv6 address"], None),
        ("firmware", "V5.4.5", "V5.5.0"),
    ):
        yield Change(event="changed", subject=subject, before=before, after=after, **told)  # type: ignore[arg-type]
    yield Change(event="exposed", subject=known["policy"], before=None, after="covered", **told)  # type: ignore[arg-type]


def decisions(known: Secrets) -> Iterator[Decision]:
    kinds = {
        "ignore": known["policy"], "tag": known["tag"], "note": None, "split": known["address"],
        "merge": known["device id"], "cut": known["scan id"],
    }  # fmt: skip
    for number, (kind, subject) in enumerate(kinds.items()):
        yield Decision(
            number=number, kind=kind, device=known["device id"], subject=subject, reason=known["remark"],  # type: ignore[arg-type]
            who=known["person"], made=START, withdrawn_by=known["person"], withdrawn_reason=known["remark"],
        )  # fmt: skip


def scan(known: Secrets) -> ScanResult:
    coverage = Coverage(
        interface=known["interface"], network=known["network"], channel="tcp connect", state="partial", asked=254,
        answered=1, silent=253, reason=f"{known['interface']} did not keep its link to {known['address']}",
    )  # fmt: skip
    return report_rig.result(
        report_rig.camera(known["address"]), id=known["scan id"], scope=(known["network"], known["host name"]),
        vantage=known["vantage"], coverage=(coverage,), failure=f"{known['host name']} does not resolve",
    )  # fmt: skip


def entry(known: Secrets, number: int = 1) -> ScanEntry:
    return ScanEntry(
        number=number, id=known["scan id"], kind="scan", started=START, ended=START, recorded=START,
        scope=(known["network"],), vantage=known["vantage"], partial=False, failure=known["host name"], complete=True,
        data={"fingerprints": "2026-11-22"}, tool_version="1",
    )  # fmt: skip


def dossier(*many: Secrets) -> Dossier:
    """That of a site with a device, a box, a device that is gone, and everything else of each of these."""
    where = {one["site"]: Location(district=one["district"], site=one["site"]) for one in many}
    box = Middlebox(addresses=3, networks=(many[0]["network"],), reason=f"{many[0]['network']} says the same")
    return Dossier(
        now=START + 2 * DAY,
        place=many[0]["place"],
        scans=tuple(entry(one, number) for number, one in enumerate(many, 1)),
        sheets=(
            *(sheet(one) for one in many),
            replace(sheet(many[0], middlebox=box, id="b0b0b0b0c1c1c1c1"), evidence=()),
            sheet(many[-1], vendor=None, id="a1a1b2b2c3c3d4d4"),
        ),
        gone=tuple(gone(one) for one in many),
        moments=(Moment(scan=1, time=START, there={"hikvision": 2, None: 1}),),
        comparison=Comparison(
            before=entry(many[0]), after=entry(many[-1]), changes=tuple(c for one in many for c in changes(one)),
            unasked={f"no channel reaches {many[0]['network']}": 2},
        ),
        decisions=tuple(d for one in many for d in decisions(one)),
        asked=tuple(scan(one) for one in many),
        channels={many[0]["device id"]: 16},
        titles=TITLES,
        names=NAMES,
        data={"fingerprints": "2026-11-22"},
        said={place: Said(sensitive=True) for place in where.values()},
        sites=tuple(
            SiteCount(
                where=place, level="site", tally=Tally(devices=2, makers=2), removal=Removal(replaced=1, left=2),
                said=Said(sensitive=True),
            )
            for place in where.values()
        ),
        progress=tuple(
            Progress(site=name, scan=1, time=START + n * DAY, removal=Removal(replaced=1, left=2))
            for n in (1, 2) for name in where
        ),
        every=True,
        explained=True,
    )  # fmt: skip


def material(*many: Secrets) -> Material:
    """The same for exports."""
    units = []
    for one in many:
        ignored = Ignored(who=one["person"], reason=one["remark"], until=START + 90 * DAY)
        told = {
            "evidence": [f"{one['address']}:23 speaks, {one['MAC']}"],
            "reason": one["host name"],
            "note": one["site"],
        }
        things = (
            export_rig.standing(said=told),
            export_rig.standing("ftp-open", ignored=ignored),
            export_rig.advisory(said={"reason": f"{one['serial']} says so"}),
            export_rig.advisory(ignored=ignored),
        )
        made = export_rig.unit(one["device id"], *things, **{**gone(one).values, "firmware": "V5.4.5"})
        units.append(replace(made, device=replace(made.device, tags=(one["tag"],), ignored=(one["policy"],))))
    return export_rig.material(*units)


def left_in(text: str, originals: Iterable[str]) -> list[str]:
    """Each original, as it is spelled, that stands in a text."""
    parts = "\n".join(dict.fromkeys(re.split("[<>\n]", text.casefold())))  # each once: a page says most things often
    tight = re.sub(r"[\W_]", "", re.sub(r"<[^<>]*>", "", html.unescape(text.casefold())))
    both = f"{parts}\n{html.unescape(parts)}" if "&" in parts else parts
    return [told for one in originals for told in _seen(one, both, tight)]


def _seen(one: str, text: str, tight: str) -> Iterator[str]:
    yield from (f"{one!r} as {spelled!r}" for spelled in spellings(one) if spelled in text)
    key = re.sub(r"[\W_]", "", one.casefold())
    if len(key) > 8 and key in tight:
        yield f"{one!r} squeezed"


def spellings(original: str) -> set[str]:
    """All ways in which it may stand there, small."""
    return {one.casefold() for one in written(original)}


def written(original: str) -> set[str]:
    """All ways in which it may be written."""
    octets = original.encode("utf-8", "replace")
    found = {original, html.escape(original), json.dumps(original)[1:-1], quote(octets), quote(octets, safe="")}
    found |= {printable(original, 10**6)[:150], octets.hex(), original.encode("utf-16-le", "replace").hex()}
    found |= {base64.b64encode(octets).decode().rstrip("=")} if len(original) > 6 else set()
    is_address = re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f:]+::[0-9a-f:]+", original)
    for other in ("-", "_", " ") if is_address else ("", "-", "_", ":", ".", "%3A", "%20", " "):
        found.add(re.sub("[.]" if is_address else r"[-:_. ]", other, original))
    if re.fullmatch(r"[0-9a-f:]{17}", original.lower()):
        found |= set(of_mac(original.lower().replace(":", "")))
    if is_address:
        address = ip_address(original)
        found |= {address.packed.hex(), address.exploded, str(int(address))}
    return {one for one in found if len(one) > 3}


def of_mac(digits: str) -> Iterator[str]:
    """The digits in pairs and fours, backwards, as a number, their end, and in an address of IPv6."""
    pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
    yield from (separator.join(pairs) for separator in ":-_. ")
    yield from (".".join((digits[:4], digits[4:8], digits[8:])), "".join(reversed(pairs)), str(int(digits, 16)))
    yield from (digits, digits[6:], "-".join(pairs[3:]), ":".join(pairs[3:]))
    yield f"{int(pairs[0], 16) ^ 2:02x}{pairs[1]}:{pairs[2]}ff:fe{pairs[3]}:{pairs[4]}{pairs[5]}"
