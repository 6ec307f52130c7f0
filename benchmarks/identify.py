"""How fast replies are identified, and what a larger knowledge base costs: `python benchmarks/identify.py [--short]`.

Figures are CPU seconds of this one process, the best of several rounds; nothing is asserted but that both matchers say
the same. `README.md` beside this file tells how to read them.
"""

import argparse
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from every_rule import without_index
from invented_rules import real_values, write_rules
from varied_replies import captured_replies, varied

from camscan import __version__
from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.identify.match import claim, observe
from camscan.identify.rule_set import RuleSet
from camscan.model import Observation
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply

SEED = 20261122
EACH = 30  # variants of one capture
FEW, MANY = 500, 5_000  # rules
ROUNDS, SHORT_ROUNDS = 7, 2
SAMPLE = 10  # in a short run the plain matcher sees every tenth reply


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def best(rounds: int, works: Sequence[Callable[[], object]]) -> list[float]:
    """The best time of each, one run of each in turn, so that a busy machine is busy for all."""
    times = [[cpu(work) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def matching(observations: Sequence[Observation], knowledge: Knowledge) -> Callable[[], list[Any]]:
    """The work of holding decoded replies against the rules."""
    return lambda: [claim(observation, knowledge) for observation in observations]


def decoding(replies: Sequence[Reply]) -> Callable[[], list[Observation]]:
    """The work of reading bytes."""
    protocols = load_protocols()
    return lambda: [observe(reply, protocols) for reply in replies]


def rule_count(knowledge: Knowledge) -> int:
    """Rules as written: one that several protocols share counts once."""
    return len({rule.id for rules in knowledge.rules.values() for rule in rules})


def fewer_rules(knowledge: Knowledge, count: int) -> Knowledge:
    """The knowledge with so many of its rules only, taken evenly from all."""
    ids = sorted({rule.id for rules in knowledge.rules.values() for rule in rules})
    kept = {ids[i * len(ids) // count] for i in range(count)}
    chosen = {name: [rule for rule in rules if rule.id in kept] for name, rules in knowledge.rules.items()}
    return replace(knowledge, rules={name: RuleSet(rules) for name, rules in chosen.items()})


def report_rates(replies: Sequence[Reply], knowledge: Knowledge, rounds: int) -> None:
    """(a) distinct replies a second, whole and by protocol."""
    protocols = load_protocols()
    found = identify(replies, protocols, knowledge)
    (whole,) = best(rounds, [lambda: identify(replies, protocols, knowledge)])
    named = sum(device.vendor is not None for device in found.devices)
    print(f"{len(replies):,} distinct replies, {named:,} of {len(found.devices):,} devices named")
    print(f"identified (bytes to devices): {len(replies) / whole:9,.0f} replies a second")
    by_protocol: dict[str, list[Reply]] = defaultdict(list)
    for reply in replies:
        by_protocol[reply.protocol].append(reply)
    for name, some in sorted(by_protocol.items()):
        observations = decoding(some)()
        read, match = best(rounds, [decoding(some), matching(observations, knowledge)])
        total = len(some) / (read + match)
        print(f"  {name:12} {total:9,.0f} a second: {read / len(some) * 1e6:5,.0f} µs to decode", end="")
        print(f", {match / len(some) * 1e6:5,.0f} µs to match")


def report_growth(replies: Sequence[Reply], shipped: Knowledge, rounds: int, sample: int) -> None:
    """(b) what ten times the rules cost on the same replies, and what both cost without an index."""
    observations = [o for o in decoding(replies)() if o.problem is None]
    with tempfile.TemporaryDirectory(prefix="camscan-benchmark-") as name:
        write_rules(Path(name), shipped, real_values(shipped, observations), MANY - rule_count(shipped), SEED)
        start = time.process_time()
        many = load_knowledge(Path(name))
        print(f"loading {rule_count(many):,} rules: {time.process_time() - start:.2f} s")
    few = fewer_rules(shipped, FEW)
    read, less, more = best(rounds, [decoding(replies), matching(observations, few), matching(observations, many)])
    show_growth(len(replies), read, less, more)
    some = observations[::sample]
    plain_few, plain_many = without_index(few), without_index(many)
    if matching(some, plain_many)() != matching(some, many)():
        sys.exit("the plain matcher says something else")
    times = best(1 if sample > 1 else 2, [matching(some, k) for k in (few, plain_few, many, plain_many)])
    print(f"every rule of the protocol in order, {len(some):,} of the replies, matching only, same claims:")
    print(f"  {FEW:6,} rules: {times[1] / times[0]:5.1f} times the cost of the index")
    print(f"  {MANY:6,} rules: {times[3] / times[2]:5.1f} times the cost of the index")


def show_growth(count: int, read: float, less: float, more: float) -> None:
    """The cost of more rules, with decoding and without."""
    print(f"{FEW:,} → {MANY:,} rules: {(read + more) / (read + less):.2f} times the cost with decoding", end="")
    print(f" ({(read + less) / count * 1e6:.0f} → {(read + more) / count * 1e6:.0f} µs a reply)", end="")
    print(f", {more / less:.2f} times for matching alone")


def report_extremes(replies: Sequence[Reply], knowledge: Knowledge) -> None:
    """One address that claims to be thousands of devices, and as many devices as a large city has."""
    protocols = load_protocols()
    described = [reply for reply in replies if reply.protocol == "sadp"]
    for count in (2_000, 8_000):
        several = list(varied(described[:EACH], 1 + count // EACH, SEED))[:count]
        one = [replace(reply, address="10.0.0.1") for reply in several]
        taken = cpu(lambda one=one: identify(one, protocols, knowledge))  # type: ignore[misc]
        print(f"one address with {len(one):,} different descriptions of itself: {taken:.1f} s")
    many = varied(captured_replies(), 1 + 10_000 // len(captured_replies()), SEED)
    taken = cpu(lambda: identify(many, protocols, knowledge))
    print(f"{len(many):,} addresses: {taken:.1f} s")


def peak() -> str:
    """The most memory this process has used so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures identification; nothing is sent.")
    parser.add_argument("--short", action="store_true", help="fewer rounds: some seconds, rougher figures")
    short = parser.parse_args().short
    print(f"camscan {__version__}, Python {platform.python_version()}, {platform.machine()}, {date.today()}")
    shipped = load_knowledge()
    memory = [f"{rule_count(shipped):,} rules loaded {peak()}"]
    replies = varied(captured_replies(), EACH, SEED)
    report_rates(replies, shipped, 1 if short else ROUNDS)
    memory.append(f"{len(replies):,} replies identified {peak()}")
    report_growth(replies, shipped, SHORT_ROUNDS if short else ROUNDS, SAMPLE if short else 1)
    memory.append(f"with {MANY:,} rules {peak()}")
    if not short:
        report_extremes(replies, shipped)
    print(f"peak memory: {', '.join(memory)}")


if __name__ == "__main__":
    main()
