"""What the coverage tells of the turns with all hosts, and of the owner's credential."""

from camscan.discover.hint import Hint
from camscan.discover.hosts import Hosts
from camscan.discover.interviews import Interviews
from camscan.discover.login import CLOCK_SLACK, Fate, Login
from camscan.discover.plan import Settings
from camscan.discover.turns import Interview
from camscan.probe import Endpoint
from camscan.protocols.registry import load_protocols
from camscan.scope import Scope
from tests.transport_rig import HOME, Rig, closed_port

PROTOCOLS = load_protocols()
CREDENTIAL = ("auditor", "secret")
TAKEN = {"answer": ("GetDeviceInformationResponse",)}


def _interviews(rig: Rig) -> Interviews:
    def begin(address: str) -> Interview:
        return Interview(wire=rig.wire, protocols=PROTOCOLS, settings=Settings(), address=address)

    return Interviews(hosts=Hosts(scope=Scope(swept=()), protocols=PROTOCOLS), begin=begin)


def test_without_turns_there_is_no_row() -> None:
    assert list(_interviews(Rig()).rows()) == []


def test_what_cut_turns_short_is_told_once_a_host() -> None:
    interviews = _interviews(Rig())
    for last, problems in enumerate(([], ["left alone"], ["left alone", "left alone"], ["no route"])):
        interview = interviews.of(f"127.9.0.{last}")
        interview.asked.add(Hint(protocol="http", port=80))
        interview.problems += problems
        interview.replies = last
    (row,) = interviews.rows()
    assert (row.channel, row.state, row.asked, row.answered, row.silent) == ("turns", "partial", 4, 3, 1)
    assert row.reason == "2: left alone; 1: no route"


def test_every_fate_of_the_credential_is_told() -> None:
    interviews, fates = _interviews(Rig()), list[Fate](("taken", "refused", "refused", "silent", "withheld"))
    for last, fate in enumerate(fates):
        interviews.of(f"127.9.0.{last}").login.fate = fate
    (row,) = interviews.rows()
    assert (row.channel, row.state) == ("onvif with credential", "partial")
    assert (row.asked, row.answered, row.silent) == (4, 1, 1)
    assert row.reason is not None
    assert row.reason.startswith("2: the credential was refused; 1: its clock is wrong by more than a day")


async def test_a_credential_is_withheld_from_a_device_whose_clock_is_wrong() -> None:
    rig = Rig()
    login = Login(CREDENTIAL, clock=rig.wire.clock() - CLOCK_SLACK - 1)
    assert await login.ask(rig.wire, Endpoint(address=HOME, port=80)) == b""
    assert (login.fate, rig.lines) == ("withheld", [])


async def test_a_credential_goes_nowhere_before_the_device_has_told_the_time() -> None:
    rig = Rig()
    for login in (Login(CREDENTIAL), Login(None, clock=rig.wire.clock())):
        assert await login.ask(rig.wire, Endpoint(address=HOME, port=80)) == b""
        assert (login.fate, rig.lines) == (None, [])


async def test_a_credential_is_tried_once() -> None:
    rig = Rig()
    login, endpoint = Login(CREDENTIAL, clock=rig.wire.clock()), Endpoint(address=HOME, port=closed_port())
    assert await login.ask(rig.wire, endpoint) == b""
    assert login.fate == "refused"
    sent = len(rig.lines)
    assert await login.ask(rig.wire, endpoint) == b""
    assert len(rig.lines) == sent


def test_only_the_answer_to_the_question_shows_that_it_was_taken() -> None:
    refused, taken = Login(CREDENTIAL, fate="refused"), Login(CREDENTIAL, fate="refused")
    assert (refused.judge({"answer": ("Fault",)}), refused.fate) == (False, "refused")
    assert (taken.judge(TAKEN), taken.fate) == (True, "taken")
