"""Makes captures of one device: gets its replies, redacts them together, proves that they still say the same, writes.

The rule: what cannot be proved is not written. A redacted reply must decode to the same fields and make the same rules
fire as the original; and nothing of the originals may be left in it.
"""

import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import typer

import camscan
from camscan.cli.data import data_directory
from camscan.cli.ending import Exit, say
from camscan.cli.formats import Format
from camscan.cli.placing import Destination, place
from camscan.cli.proof import STAND_IN, Judge, difference
from camscan.cli.reading import lines_of, readable, shown
from camscan.cli.replay import read_recording
from camscan.cli.scan import scan
from camscan.errors import CannotRunError, UsageError
from camscan.identify.identify import identify
from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.wording import known_words, words_of
from camscan.model import Observation
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.report.capture import Capture, paths
from camscan.report.disguise import Disguise
from camscan.report.private import PRODUCT_FIELDS, by_shape
from camscan.report.redact import Redaction, RefusedError

_SURROGATE = re.compile("[\ud800-\udfff]")
EVIDENCE = ("model", "firmware", "build", "maker_model")  # values that stay: what a capture is there to show


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The device, and how its replies are had: from the recording `source`, else by a scan."""

    address: str
    source: str | None
    interfaces: tuple[str, ...]
    allow_public: bool
    challenge: bool
    quiet: bool
    fingerprints: Path | None


def contribute(asked: Asked, destination: Destination) -> int:
    """The whole command; returns the exit code. Raises `CamscanError` where there is nothing to write."""
    address = _address(asked.address)
    replies, code = _recorded(asked, address) if asked.source else _scanned(asked, address)
    if code not in (Exit.DONE, Exit.PARTIAL):
        return code
    judge = Judge(knowledge=load_knowledge(asked.fingerprints or data_directory()), protocols=load_protocols())
    observations = [o for o in identify(replies, judge.protocols, judge.knowledge).observations if _counts(o, judge)]
    redaction = redaction_of(replies, judge, secrets.token_bytes(32))
    captures = [made for o in observations if (made := _captured(o, redaction, judge))]
    if not captures:
        raise CannotRunError(f"{address}: no reply that could become a capture")
    written = place(list(paths(_distinct(captures))), destination)
    if not asked.quiet:
        _say_end(written, redaction)
    return code


def _address(text: str) -> str:
    try:
        address = ip_address(text)
        return str(getattr(address, "ipv4_mapped", None) or address)
    except ValueError:
        raise UsageError(f"{text}: not an IP address; a capture is of one device") from None


def _recorded(asked: Asked, address: str) -> tuple[list[Reply], int]:
    name = asked.source or ""
    with readable(name) as stream:
        every = read_recording(shown(name), lines_of(name, stream))
    replies = [reply for reply in every if reply.address == address]
    if not replies:
        raise UsageError(f"{shown(name)}: no reply of {address} among its {len(every)}")
    return replies, Exit.DONE


def _scanned(asked: Asked, address: str) -> tuple[list[Reply], int]:
    """The replies of an ordinary scan of this address, and its exit code."""
    with tempfile.TemporaryDirectory(prefix="camscan-capture-") as folder:
        recording = Path(folder) / "replies.jsonl"
        code = _scan(asked, address, recording, Path(folder) / "result.json")
        if code not in (Exit.DONE, Exit.PARTIAL):
            return [], code
        if not recording.stat().st_size:
            raise CannotRunError(f"{address}: nothing answered")
        return _recorded(replace(asked, source=str(recording)), address)[0], code


def _scan(asked: Asked, address: str, recording: Path, result: Path) -> int:
    try:
        scan(
            targets=[address],
            interfaces=list(asked.interfaces),
            allow_public=asked.allow_public,
            form=Format.JSON,
            output=result,
            replies=recording,
            quiet=asked.quiet,
            no_challenge=not asked.challenge,
            fingerprints=asked.fingerprints,
        )
    except typer.Exit as ended:
        return ended.exit_code
    return Exit.DONE


def _counts(observation: Observation, judge: Judge) -> bool:
    """Whether a reply can become a capture: of a protocol whose replies are evidence, and read by its codec."""
    protocol = judge.protocols.get(observation.reply.protocol)
    if observation.problem is not None:
        _leave_out(observation.reply, observation.problem)
    return observation.problem is None and protocol is not None and protocol.identifies


def _leave_out(reply: Reply, reason: str) -> None:
    say(f"{reply.protocol} {reply.request} is left out: {reason}".replace("  ", " "))


def redaction_of(replies: list[Reply], judge: Judge, key: bytes) -> Redaction:
    """The stand-ins for all replies of one device."""

    def block(mac: str) -> int:
        entry = judge.knowledge.oui.lookup(mac)
        return len(entry.prefix) if entry else 0

    claims = [claim for reply in replies if (device := judge.device(reply)) for claim in device.claims]
    products = [value for reply in replies for value in _products(reply, judge)]
    models = {value for reply in replies for value in judge.fields(reply).get("model", ())}
    versions = {item.text for value in products for item in by_shape(value) if item.kind == "address"}
    keep = models | versions | {claim.value for claim in claims if claim.attribute in EVIDENCE}
    known = known_words(judge.knowledge) | {word.casefold() for value in products for word in words_of(value)}
    redaction = Redaction(disguise=Disguise(key, known, block), keep=frozenset(keep))
    redaction.learn(replies, judge.protocols)
    return redaction


def _products(reply: Reply, judge: Judge) -> Iterator[str]:
    """What a reply calls the programs in the device."""
    fields = judge.fields(reply)
    return (value for name in PRODUCT_FIELDS for value in fields.get(name, ()))


def _captured(observation: Observation, redaction: Redaction, judge: Judge) -> Capture | None:
    """The capture; None, with the reason said, where the redacted reply does not say the same or says too much."""
    reply = observation.reply
    try:
        redacted = redact_reply(reply, redaction)
    except RefusedError as error:
        _leave_out(replace(reply, request=redaction.redact_text(reply.request)), str(error))
        return None
    capture = Capture(
        reply=redacted,
        fields=judge.fields(redacted),
        device=judge.device(redacted),
        origin=f"recorded by camscan {camscan.__version__} from a device, redacted",
        day=datetime.now(UTC).date(),
    )
    reason = difference(reply, redacted, judge) or left(capture, redaction)
    if reason:
        _leave_out(redacted, reason)
    return None if reason else capture


def redact_reply(reply: Reply, redaction: Redaction) -> Reply:
    """The reply with its stand-ins, from nobody in particular. Raises `RefusedError` where it cannot be redacted."""
    request = redaction.redact_text(reply.request)
    return replace(reply, address=STAND_IN, request=request, data=redaction.redact(reply.data), sensor=None, time=None)


def left(capture: Capture, redaction: Redaction) -> str | None:
    """What of the originals still stands anywhere in a capture, its name included; None where there is nothing."""
    said = "\n".join((capture.path(), capture.reply.request, *capture.said().values()))
    if any(
        _SURROGATE.search(text) for text in (said, *(value for values in capture.fields.values() for value in values))
    ):
        return "it holds half a character, which no file can"
    kinds = redaction.leftovers(capture.reply.data, capture.fields, said)
    return f"it holds the device's own {', '.join(kinds)} in a form that is not known here" if kinds else None


def _distinct(captures: Iterable[Capture]) -> Iterator[Capture]:
    """Each content once."""
    return iter({(one.reply.protocol, one.reply.port, one.reply.data): one for one in captures}.values())


def _say_end(written: list[Path], redaction: Redaction) -> None:
    for path in written:
        say(f"wrote {path}")
    counted = ", ".join(f"{kind} {times}" for kind, times in sorted(redaction.counts.items()))
    say(f"replaced: {counted or 'nothing'}")
    say("before you share them, look for what no program knows: names and places in page texts, titles, certificates")
