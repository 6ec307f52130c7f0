"""A dialogue asks what its protocol's table holds, and nothing else, whatever its code does."""

from dataclasses import replace

import pytest

from camscan.discover.held import held
from camscan.discover.hint import Hint
from camscan.discover.plan import Settings
from camscan.discover.turns import Interview
from camscan.probe import Dialogue, Endpoint, Protocol, Request, Tcp
from camscan.reply import Reply
from tests.test_turns import Web
from tests.transport_rig import HOME, Rig, serving

QUESTION = Request(name="question", payload=b"who are you?\n", seconds=0.3)
CHALLENGE = Request(name="challenge", payload=b"let me in\n", seconds=0.3, purpose="login challenge, no credential")


def _asks(*requests: Request) -> Dialogue:
    for request in requests:  # noqa: UP028 -- a tuple cannot be sent the replies
        yield request


def test_what_is_in_the_table_is_asked_and_its_replies_are_passed_on() -> None:
    heard: list[bytes | None] = []

    def talk() -> Dialogue:
        heard.append((yield QUESTION))
        heard.append((yield replace(QUESTION, path="/x")))

    dialogue = held(talk(), [replace(QUESTION, times=2)])
    assert next(dialogue) == QUESTION
    assert dialogue.send(b"one").path == "/x"
    with pytest.raises(StopIteration):
        dialogue.send(None)
    assert heard == [b"one", None]


@pytest.mark.parametrize(
    "other",
    [
        CHALLENGE,
        replace(QUESTION, name="reboot"),
        replace(QUESTION, payload=b"reboot\n"),
        replace(QUESTION, purpose="login challenge, no credential"),
    ],
)
def test_what_is_not_in_the_table_is_a_mistake(other: Request) -> None:
    dialogue = held(_asks(QUESTION, other), [QUESTION])
    next(dialogue)
    with pytest.raises(ValueError, match="no request that may be sent"):
        dialogue.send(b"")


def test_nothing_is_asked_more_often_than_it_says() -> None:
    dialogue = held(_asks(QUESTION, QUESTION), [QUESTION])
    next(dialogue)
    with pytest.raises(ValueError, match="or not again"):
        dialogue.send(b"")


async def test_without_challenges_a_protocol_of_both_kinds_sends_its_questions_only() -> None:
    web, rig = Web(lambda request: b"me"), Rig()

    def dialogue(endpoint: Endpoint) -> Dialogue:
        return _asks(QUESTION, CHALLENGE)

    async with serving(web) as port:
        mixed = Protocol(
            name="mixed",
            title="both kinds",
            channel=Tcp(ports=(port,)),
            requests=(QUESTION, CHALLENGE),
            decode=lambda data: {"banner": ("x",)},
            dialogue=dialogue,
        )
        replies: list[Reply] = []
        talk = Interview(wire=rig.wire, protocols={"mixed": mixed}, settings=Settings(challenge=False), address=HOME)
        talk.note = replies.append
        await talk.hear([Hint(protocol="mixed", port=port)])
    assert [r.request for r in replies] == ["question"]
    assert web.asked == [QUESTION.payload]
    assert talk.problems == [
        "a mistake in camscan's mixed dialogue: ValueError: 'challenge' is no request that may be sent, or not again"
    ]
