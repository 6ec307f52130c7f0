"""Loads what devices are identified and assessed by, from one data directory."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from camscan.cli.chosen import NOTHING, Chosen, held_against
from camscan.separation import TOGETHER, Separation

if TYPE_CHECKING:
    from camscan.assess.assessment import Assessment
    from camscan.assess.reading import Words
    from camscan.identify.knowledge_base import Knowledge
    from camscan.identify.vocabulary import Vocabulary


class Known(NamedTuple):
    """What devices are identified and assessed by."""

    knowledge: "Knowledge"
    assessment: "Assessment"

    def parted(self, separation: Separation) -> "Known":
        """The same, with what the owner says of addresses that are not one device."""
        if separation == TOGETHER:
            return self
        return self._replace(knowledge=replace(self.knowledge, separation=separation))


def load_known(directory: Path | None = None, chosen: Chosen = NOTHING) -> Known:
    """All data of a directory (those in use by default), with the policies chosen. Raises `KnowledgeError` for the
    first bad datum."""
    from camscan.assess.assessment import load_assessment
    from camscan.cli.data import data_directory
    from camscan.identify.knowledge_base import load_knowledge

    knowledge = load_knowledge(directory) if directory else load_knowledge(data_directory(), proved=True)
    assessment = load_assessment(knowledge.directory, words_of(knowledge.vocabulary))
    return Known(knowledge, held_against(assessment, chosen, knowledge.directory))


def words_of(vocabulary: "Vocabulary") -> "Words":
    """The ids of the vocabulary, as data of the assessment may name them."""
    from camscan.assess.reading import Words
    from camscan.identify.field_names import FIELDS

    return Words(
        makers=vocabulary.makers,
        brands=vocabulary.brands,
        kinds=vocabulary.kinds,
        capabilities=vocabulary.capabilities,
        fields=FIELDS,
    )
