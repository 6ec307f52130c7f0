"""The plain matcher to compare with: every rule's patterns searched in every reply, one after the other.

It is what tools do that walk a file of fingerprints for each banner; here it goes through the rules of the reply's own
protocol only, and has the same rules, the same patterns and the same claims to give.
"""

from collections.abc import Iterable
from dataclasses import replace

from camscan.identify.knowledge_base import Knowledge
from camscan.identify.rule import Match, Rule
from camscan.identify.rule_set import RuleSet
from camscan.reply import Fields


class EveryRule(RuleSet):
    """Rules without any index."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        super().__init__(rules)
        self._every = tuple(self)

    def matches(self, fields: Fields) -> tuple[Match, ...]:
        """Every rule that fits these fields, in the order of the rules."""
        return tuple(match for rule in self._every if (match := rule.match(fields)))


def without_index(knowledge: Knowledge) -> Knowledge:
    """The same knowledge, matched the plain way."""
    return replace(knowledge, rules={name: EveryRule(rules) for name, rules in knowledge.rules.items()})
