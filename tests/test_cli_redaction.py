"""`camscan report --redact` and `camscan export --redact`, through the commands themselves."""

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from camscan.cli.known import load_known
from camscan.cli.redaction import words
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.report.export.formats import FORMATS
from camscan.report.html import report as html_report
from camscan.report.identifiers import identifiers
from camscan.report.private import FACTORY
from tests.capture_rig import DIRECTORY, data_of
from tests.cli_rig import run
from tests.redaction_rig import left_in

TITLE = "Ællinge Kommune"


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every capture there is, each at an address of its own."""
    folder = tmp_path_factory.mktemp("rosengaard")
    recording, place = folder / "replies.jsonl", folder / "inventory.sqlite"
    recording.write_text("".join(f"{json.dumps(row)}\n" for row in recorded()), encoding="utf-8")
    ended = run(
        "replay", str(recording), "--record", "--inventory", str(place), "--output", str(folder / "x"), "--quiet"
    )
    assert ended.code == 0, ended.err
    assert run("tag", "10.77.0.5", "påskeudskiftning", "--who", "Grethe Møllebæk", "--inventory", str(place)).code == 0
    ignored = (
        "ignore",
        "10.77.0.5",
        "telnet-open",
        "--reason",
        "Svend taler med forvaltningen",
        "--who",
        "Grethe Møllebæk",
    )
    assert run(*ignored, "--inventory", str(place)).code == 0
    return str(place)


def recorded() -> Iterator[dict[str, object]]:
    for number, path in enumerate(sorted(DIRECTORY.rglob("*.toml"))):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        kept = {name: document.get(name) for name in ("protocol", "transport", "port", "request")}
        yield {"address": address(number), **kept, "encoding": "hex", "reply": data_of(document).hex()}


def address(number: int) -> str:
    return f"10.77.{number // 100}.{number % 100 + 5}"


@pytest.fixture(scope="module")
def originals(inventory: str) -> set[str]:
    """What is private in the captures, as `camscan capture` finds it, but for models and firmware."""
    devices = json.loads(run("devices", "--format", "json", "--inventory", inventory).out)["devices"]
    page = run("report", "--html", "-", "--all", "--inventory", inventory).out
    said = re.findall("<th scope=row>(?:maker_model|model|firmware)<td>([^<]*)", page)
    models = " ".join([*said, *(one["model"] or "" for one in devices)]).casefold()
    found = {
        "påskeudskiftning",
        "Grethe Møllebæk",
        "Svend taler med forvaltningen",
        TITLE,
        *(one["id"] for one in devices),
    }
    for row in recorded():
        data = bytes.fromhex(str(row["reply"]))
        said = {name: row[name] for name in ("address", "protocol", "transport", "port", "request")}
        found |= {item.text for item in identifiers(Reply(data=data, **said), load_protocols())}  # type: ignore[arg-type]
    return {text for text in found - FACTORY if is_telling(text) and not names_a_model(text, models)}


@cache
def own() -> frozenset[str]:
    return words().own


def is_telling(text: str) -> bool:
    found = re.findall(r"[^\W_]+", text.casefold())
    return any(word not in own() and len(word) > 3 and not (word.isdigit() and len(word) < 6) for word in found) or (
        re.fullmatch(r"\d+(\.\d+){3}", text) is not None
    )


def names_a_model(text: str, models: str) -> bool:
    """Whether all of a name's strange words are those of a model: `HIKVISION DS-2CD2042WD-I`."""
    found = [word for word in re.findall(r"[\w-]+", text.casefold()) if word not in own() and len(word) > 3]
    strange = [word for word in found if not (word.isdigit() and len(word) < 6)]
    return text in models.split() or (bool(strange) and all(word in models for word in strange))


def test_nothing_of_the_captures_is_left_in_a_page(inventory: str, originals: set[str], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    for language in ("en", "da"):
        ended = run("report", "--html", str(file), "--redact", "--all", "--title", TITLE, "--language", language,
                    "--inventory", inventory)  # fmt: skip
        assert ended.code == 0, ended.err
        page = file.read_text(encoding="utf-8")
        assert left_in(page, originals) == []
        assert 'class="redacted"' in page
    plain = run("report", "--html", "-", "--all", "--title", TITLE, "--inventory", inventory).out
    assert len(left_in(plain, originals)) > 200, "the originals stand on the plain page"


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_of_the_captures_is_left_in_an_export(inventory: str, originals: set[str], name: str) -> None:
    ended = run("export", "--format", name, "--redact", "--inventory", inventory)
    assert (ended.code, ended.err) == (0, "")
    assert left_in(ended.out, originals) == []
    assert ended.out == run("export", "--format", name, "--redact", "--inventory", inventory).out


def test_a_leak_is_refused_and_the_file_not_made(
    inventory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever makes the page: what it must not say is seen in what it says."""
    made = html_report.as_report_page

    def leaking(*given: object) -> Iterator[str]:
        yield from made(*given)  # type: ignore[arg-type]
        yield "<p>10.77.0.5</p>"

    monkeypatch.setattr(html_report, "as_report_page", leaking)
    file = tmp_path / "page.html"
    ended = run("report", "--html", str(file), "--redact", "--inventory", inventory)
    assert ended.code == 4
    said = "camscan: --redact: nothing is written, because an original would be left in it: address, line "
    assert re.fullmatch(re.escape(said) + r"\d+ in [a-z0-9-]+\n", ended.err)
    assert list(tmp_path.iterdir()) == []


def test_the_words_of_a_source_refuse_no_page(inventory: str) -> None:
    """A device's evidence names rule and source: who is called like a word of them could never publish a page."""
    rules = [rule for some in load_known().knowledge.rules.values() for rule in some]
    found = {word for rule in rules for word in re.findall(r"[^\W\d_]{4,}", f"{rule.id} {rule.source}")}
    assert len(found) > 100
    ended = run("report", "--html", "-", "--all", "--redact", "--title", " ".join(found), "--inventory", inventory)
    assert (ended.code, ended.err.count("--redact")) == (0, 0)
