"""A dossier and its overview → the answers that templates put into words."""

from camscan.answer import Answers
from camscan.assess.answers.abilities import abilities
from camscan.assess.answers.choices import choices
from camscan.assess.answers.models import kinds, model_counts
from camscan.assess.answers.policies import policy_counts
from camscan.assess.answers.replacement import replacement
from camscan.assess.answers.since import districts, since
from camscan.assess.answers.spans import spans
from camscan.assess.answers.told import told
from camscan.dossier import Dossier, Overview


def answers(dossier: Dossier, overview: Overview) -> Answers:
    """All of them, about what the overview shows."""
    devices = overview.shown
    return Answers(
        spans=spans(dossier, overview),
        models=model_counts(devices),
        kinds=kinds(devices),
        since=since(devices),
        districts=districts(devices),
        abilities=abilities(devices),
        told=told(devices),
        policies=policy_counts(devices),
        choices=choices(dossier, overview),
        places=replacement(dossier, overview),
    )
