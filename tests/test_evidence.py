"""Evidence: what `camscan bundle` writes holds and proves the same again, and no other zip is believed."""

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.cli import verify
from camscan.errors import UsageError
from camscan.identify import knowledge_base
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.intake.evidence import SIZE_LIMIT, read_evidence
from camscan.intake.replay import as_line
from camscan.inventory.place import find_place
from camscan.report.document import as_document
from camscan.report.evidence import NotedScan, Origin, pack
from camscan.report.jsonl import as_json_document
from tests.cli_rig import run
from tests.inventory_rig import camera, fresh_database, made, put, reply, scanned
from tests.report_rig import HOSTILE
from tests.test_cli_commands import SADP, line

FILES = ["replies.jsonl", "result.json", "manifest.json"]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(autouse=True)
def loaded_once(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge_base, "load_knowledge", lambda directory, **given: knowledge)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "replies.jsonl"
    path.write_text(line(SADP.format(model="DS-2CD2042WD-I")), encoding="utf-8")
    return path


@pytest.fixture
def evidence(recording: Path, tmp_path: Path) -> Path:
    path = tmp_path / "evidence.zip"
    ended = run("bundle", "--from", str(recording), "--output", str(path))
    assert (ended.code, ended.out) == (0, "")
    assert "1 replies, 1 devices" in ended.err
    return path


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def manifest_of(path: Path) -> dict[str, Any]:
    manifest = json.loads(contents(path)["manifest.json"])
    jsonschema.Draft202012Validator(json.loads(run("schema", "bundle").out)).validate(manifest)
    assert isinstance(manifest, dict)
    return manifest


def test_evidence_of_a_recording_holds_and_gives_the_same(evidence: Path) -> None:
    ended = run("bundle", "verify", str(evidence))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        f"{evidence}: 2 files, every sum holds", "1 replies, 1 devices: they give the same today",
    ]  # fmt: skip
    assert run("bundle", "verify", str(evidence), "--quiet").out == ""


def test_the_files_are_what_replay_reads_and_writes(evidence: Path, recording: Path, tmp_path: Path) -> None:
    files = contents(evidence)
    assert list(files) == FILES
    again = tmp_path / "again.jsonl"
    again.write_bytes(files["replies.jsonl"])
    told = run("replay", str(again), "--format", "json").out
    assert files["result.json"].decode() == told == run("replay", str(recording), "--format", "json").out


def test_the_manifest_names_each_file_and_where_the_replies_are_from(evidence: Path, recording: Path) -> None:
    manifest = manifest_of(evidence)
    assert [row["name"] for row in manifest["files"]] == FILES[:2]
    assert [row["size"] for row in manifest["files"]] == [len(contents(evidence)[name]) for name in FILES[:2]]
    assert manifest["sources"][0]["name"] == "replies.jsonl"
    assert manifest["sources"][0]["size"] == recording.stat().st_size
    assert manifest["data"]["fingerprints"]
    assert (manifest["origin"], manifest["scans"]) == ("recording", [])


def test_the_same_content_gives_the_same_bytes(evidence: Path, recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    run("bundle", "--from", str(recording), "--output", str(other))
    assert other.read_bytes() == evidence.read_bytes()


def test_the_scan_gives_scope_and_times(recording: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.json"
    scan.write_text("".join(as_json_document(as_document(scanned(1, camera(1)), "1"))), encoding="utf-8")
    path = tmp_path / "evidence.zip"
    assert run("bundle", "--from", str(recording), "--result", str(scan), "--output", str(path)).code == 0
    (noted,) = manifest_of(path)["scans"]
    assert (noted["scope"], noted["started"]) == (["10.0.0.0/24"], "2026-11-19T11:06:40Z")
    assert contents(path)["scan.json"] == scan.read_bytes()
    assert run("bundle", "verify", str(path)).code == 0


def test_when_the_replies_were_heard_is_noted(tmp_path: Path) -> None:
    recording = tmp_path / "heard.jsonl"
    said = [
        reply("10.0.0.64", data=SADP.format(model="DS-1").encode(), time=t) for t in (1_795_000_000.0, 1_795_000_060.0)
    ]
    recording.write_text("".join(as_line(one) + "\n" for one in said), encoding="utf-8")
    path = tmp_path / "evidence.zip"
    run("bundle", "--from", str(recording), "--output", str(path))
    assert manifest_of(path)["replies"] == {
        "count": 2, "first": "2026-11-18T11:06:40Z", "last": "2026-11-18T11:07:40Z",
    }  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_evidence_of_the_inventory(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    place = str(tmp_path / "inventory.sqlite")
    if database == "postgres":
        place = fresh_database(request.getfixturevalue("server"), "evidence")
    said = reply("10.0.0.64", data=SADP.format(model="DS-2CD2042WD-I").encode())
    with made(find_place(place)) as opened:
        put(opened, scanned(1, camera(64, "10.0.0.64", said), camera(65)))
        put(opened, scanned(2, camera(64, "10.0.0.64", said), camera(65)))
    path, other = tmp_path / "evidence.zip", tmp_path / "other.zip"
    assert run("bundle", "--output", str(path), "--inventory", place).code == 0
    assert run("bundle", "--output", str(other), "--inventory", place).code == 0
    assert path.read_bytes() == other.read_bytes()
    manifest = manifest_of(path)
    assert (manifest["origin"], [one["id"] for one in manifest["scans"]]) == ("inventory", ["scan-1", "scan-2"])
    assert [one["address"] for one in json.loads(contents(path)["register.json"])["devices"]] == [
        "10.0.0.64", "10.0.0.65",
    ]  # fmt: skip
    ended = run("bundle", "verify", str(path))
    assert (ended.code, ended.out.splitlines()[1:]) == (0, ["2 replies, 2 devices: they give the same today"])


def test_of_a_long_register_the_last_scans_are_noted() -> None:
    scans = [
        NotedScan(id=str(n), started=None, ended=None, scope=["10.0.0.0/24"] * 1_234, vantage=None, partial=False)
        for n in range(1_500)
    ]
    origin = Origin(kind="inventory", tool_version="1", data={}, scans=scans)
    stream = io.BytesIO()
    pack(stream, {"replies.jsonl": ["\n"], "result.json": ["{}"]}, (), origin)
    with zipfile.ZipFile(stream) as archive:
        noted = json.loads(archive.read("manifest.json"))["scans"]
    assert (len(noted), noted[-1]["id"], noted[0]["scope"][-1]) == (1_000, "1499", "and 234 more")
    assert read_evidence("x.zip", stream).result == "{}"


def rebuilt(path: Path, change: Callable[[dict[str, Any]], None], files: dict[str, bytes] | None = None) -> Path:
    """The bundle with another manifest and other files, every sum as the manifest then names it."""
    parts = contents(path) | (files or {})
    manifest = json.loads(parts.pop("manifest.json"))
    for row in manifest["files"]:
        data = parts[row["name"]]
        row.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    change(manifest)
    return zipped(path.with_name("changed.zip"), parts | {"manifest.json": json.dumps(manifest).encode()})


def zipped(path: Path, files: dict[str, bytes], mode: int = stat.S_IFREG | 0o644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            archive.writestr(entry, data)
    return path


def test_what_is_otherwise_is_told_device_by_device(evidence: Path) -> None:
    result = contents(evidence)["result.json"].replace(b'"V5.4.5"', b'"V9.9.9"', 1)
    path = rebuilt(
        evidence, lambda manifest: manifest["data"].update(fingerprints="2020-01-01"), {"result.json": result}
    )
    ended = run("bundle", "verify", str(path))
    assert ended.code == 1
    assert "10.0.0.64 firmware: V9.9.9 then, V5.4.5 today" in ended.out
    assert "fingerprints: 2020-01-01 then, " in ended.out


def test_a_device_that_was_there_only_then_is_told(evidence: Path) -> None:
    document = json.loads(contents(evidence)["result.json"])
    document["devices"].append(document["devices"][0] | {"id": "serial-other", "address": "10.0.0.99"})
    path = rebuilt(evidence, lambda manifest: None, {"result.json": json.dumps(document).encode()})
    ended = run("bundle", "verify", str(path))
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "10.0.0.99 serial-other: only then")


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\ud800" not in text])
def test_a_hostile_result_is_told_on_one_line(evidence: Path, text: str) -> None:
    document = json.loads(contents(evidence)["result.json"])
    document["devices"][0]["model"] = text
    path = rebuilt(
        evidence, lambda manifest: manifest["tool"].update(version=text), {"result.json": json.dumps(document).encode()}
    )
    ended = run("bundle", "verify", str(path))
    assert ended.code == 1
    assert all(shown.isprintable() for shown in ended.out.split("\n"))
    assert len(ended.out.splitlines()) == 4


def test_differences_beyond_a_screen_are_counted(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "SHOWN", 1)
    result = contents(evidence)["result.json"].replace(b'"V5.4.5"', b'"V9"', 1).replace(b'"hikvision"', b'"dahua"', 1)
    ended = run("bundle", "verify", str(rebuilt(evidence, lambda manifest: None, {"result.json": result})))
    assert ended.out.splitlines()[-1] == "and 1 more"


def refused(path: Path) -> str:
    """The one line that says why; nothing else is written."""
    ended = run("bundle", "verify", str(path))
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    return ended.err


@pytest.mark.parametrize("name", ["replies.jsonl", "result.json"])
def test_a_file_that_was_changed_is_refused(evidence: Path, name: str) -> None:
    files = contents(evidence)
    files[name] = files[name].replace(b"10.0.0.64", b"10.0.0.65", 1)
    assert f"{name} was changed" in refused(zipped(evidence, files))


def test_a_manifest_that_names_another_sum_is_refused(evidence: Path) -> None:
    assert "was changed" in refused(rebuilt(evidence, lambda manifest: manifest["files"][0].update(sha256="0" * 64)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(schema="camscan.bundle/2"), "not camscan.bundle/1"),
        (lambda m: m.pop("files"), "files is missing"),
        (lambda m: m["files"].append(m["files"][0]), "named twice"),
        (lambda m: m["files"].pop(), "names other files"),
        (lambda m: m["files"][0].update(name="../../etc/passwd"), "none of"),
        (lambda m: m["files"][0].update(size=SIZE_LIMIT + 1), "more than"),
        (lambda m: m["files"][0].update(size=-1), "no whole number"),
        (lambda m: m["files"][0].update(size=1), "was changed"),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    evidence: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    assert said in refused(rebuilt(evidence, change))


@pytest.mark.parametrize("name", ["../escape.txt", "/etc/passwd", "notes.txt", "replies.jsonl/", "C:\\x", "\x1b[31m"])
def test_a_file_that_does_not_belong_is_refused(evidence: Path, name: str) -> None:
    said = refused(zipped(evidence, contents(evidence) | {name: b"x"}))
    assert "does not belong" in said
    assert "\x1b" not in said


def test_a_link_is_refused(evidence: Path) -> None:
    assert "not stored as camscan stores it" in refused(zipped(evidence, contents(evidence), stat.S_IFLNK | 0o777))


def test_a_file_that_stands_twice_is_refused(evidence: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(evidence, "a") as archive:
        entry = archive.infolist()[0]
        again = zipfile.ZipInfo(entry.filename, entry.date_time)
        again.compress_type, again.external_attr = entry.compress_type, entry.external_attr
        archive.writestr(again, b"x")
    assert "stands in it twice" in refused(evidence)


@pytest.mark.parametrize("missing", FILES)
def test_a_file_that_is_missing_is_told(evidence: Path, missing: str) -> None:
    files = contents(evidence)
    del files[missing]
    assert f"{missing} is missing" in refused(zipped(evidence, files))


def test_what_is_unpacked_is_never_more_than_the_manifest_names(evidence: Path) -> None:
    files = contents(evidence) | {"replies.jsonl": b" " * 50_000_000}
    assert "replies.jsonl was changed" in refused(zipped(evidence, files))


def test_a_long_manifest_is_refused(evidence: Path) -> None:
    files = contents(evidence) | {"manifest.json": b" " * 70_000_000}
    assert "larger than" in refused(zipped(evidence, files))


def test_bytes_that_belong_to_no_file_are_refused(evidence: Path) -> None:
    data = evidence.read_bytes()
    for changed in (b"MZ" + data, data + b"x", data[:-2] + struct.pack("<H", 4) + b"note"):
        evidence.write_bytes(changed)
        assert "no bundle of evidence" in refused(evidence)
    start = struct.unpack("<L", data[-6:-2])[0]
    hidden = data[:start] + b"hidden" + data[start:-6] + struct.pack("<L", start + 6) + data[-2:]
    evidence.write_bytes(hidden)
    assert "bytes in it that belong to no file" in refused(evidence)


def test_a_long_list_of_files_is_refused_before_it_is_read(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zipped(evidence, {f"{number}": b"" for number in range(10_000)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "more than 5 files" in refused(evidence)


def test_what_is_no_zip_is_refused(evidence: Path) -> None:
    for data in (b"", b"PK", b"x" * 100, evidence.read_bytes()[:-30], b"\0" * 22):
        evidence.write_bytes(data)
        assert "no bundle of evidence" in refused(evidence)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/"])
def test_what_is_no_file_is_refused(path: str) -> None:
    refused(Path(path))


def test_whatever_a_byte_is_turned_into_ends_in_one_reason(evidence: Path) -> None:
    data = evidence.read_bytes()
    places = [*range(64), *range(len(data) - 320, len(data))]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 0xFF
        try:
            read_evidence("x.zip", io.BytesIO(changed))
        except UsageError as error:
            assert "\n" not in str(error)


def test_a_reply_that_cannot_be_read_is_told_with_its_line(evidence: Path) -> None:
    files = {"replies.jsonl": contents(evidence)["replies.jsonl"] + b"no\n"}
    assert "replies.jsonl:2: not JSON" in refused(rebuilt(evidence, lambda manifest: None, files))


def test_a_result_that_is_none_is_told(evidence: Path) -> None:
    assert "result.json: " in refused(rebuilt(evidence, lambda manifest: None, {"result.json": b"{}"}))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bundle",), "--output FILE.zip is missing"),
        (("bundle", "--output", "-"), "--output FILE.zip is missing"),
        (("bundle", "--output", "x.zip", "--result", "y"), "--result belongs to --from"),
        (("bundle", "--output", "x.zip", "--from", "y", "--inventory", "z"), "do not go together"),
        (("bundle", "--output", "x.zip", "--from", "missing.jsonl"), "missing.jsonl: No such file"),
        (("bundle", "verify", "missing.zip"), "missing.zip: No such file"),
    ],
)
def test_what_cannot_be_meant_is_told(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run(*arguments)
    assert ended.code == 2
    assert said in ended.err
    assert not list(tmp_path.iterdir())


def test_a_bundle_never_takes_the_place_of_its_recording(recording: Path) -> None:
    before = recording.read_bytes()
    assert run("bundle", "--from", str(recording), "--output", str(recording)).code == 2
    assert recording.read_bytes() == before
