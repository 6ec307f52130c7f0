"""A dossier → what its first page says."""

from camscan.assess.overview.ages import ages
from camscan.assess.overview.makers import maker_counts, rebranded, span
from camscan.assess.overview.places import removal, sensitive, wanted
from camscan.assess.overview.shown import is_wanted, names_no_maker, shown, suspects
from camscan.assess.overview.unseen import unseen
from camscan.assess.overview.weights import exploited, exposed, reached, severities, sites
from camscan.assess.priorities import actions
from camscan.dossier import Dossier, Overview
from camscan.model import MAKERS


def overview(dossier: Dossier) -> Overview:
    """Every number of it."""
    devices = shown(dossier)
    makers = maker_counts(dossier)
    doubtful = suspects(dossier)
    boxes = sum(one.is_middlebox for one in dossier.sheets)
    unknown = sum(names_no_maker(one) for one in dossier.sheets)
    seen = sum(one.seen for one in makers)
    places = wanted(dossier.places)
    return Overview(
        shown=devices,
        total=span(dossier, makers, len(doubtful)),
        makers=makers,
        suspects=doubtful,
        others=len(dossier.sheets) - seen - unknown - boxes,
        unknown=unknown,
        boxes=boxes,
        exploited=sum(exploited(one.device) for one in devices),
        exposed=sum(exposed(one.device) for one in devices),
        rebranded=rebranded(dossier),
        sites=sites(devices),
        ages=ages(devices, dossier.now),
        severities=severities(devices),
        sensitive=sensitive(dossier),
        places=places,
        removal=removal(places),
        reached=reached(dossier),
        actions=actions(one.device for one in devices),
        unseen=unseen(dossier.asked),
        gone=tuple(one for one in dossier.gone if is_wanted(one.values.get("vendor"), dossier.every, MAKERS)),
    )
