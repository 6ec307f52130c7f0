"""A device against all advisories: which concern it, and what each says of it.

A row stands where maker or brand fits and the model number is one that the advisory names. Where the model is not
known, or is a number of the seller's own, only what CISA lists as exploited has a row: `cannot-say` of everything would
tell nobody anything. An advisory that names neither models nor firmware is held only against firmware built before it
was published. All that is said of a rebranded device carries less confidence.
"""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from camscan.assess.advisory.advisory import Advisory
from camscan.assess.advisory.affected import Affected, Answer, Verdict, answer
from camscan.assess.firmware import read_firmware
from camscan.assess.pattern import match
from camscan.assess.subject import Subject
from camscan.model import AdvisoryVerdict

DATA = {"high": 0.95, "medium": 0.75}  # how far data is trusted: the record itself read, or a copy of its text
REBRANDED = 0.6  # no advisory says that it holds for rebrands; they run the maker's firmware, not always the same


class Fit(NamedTuple):
    """A statement about the device: `doubt` says what is not confirmed, `behind` the maker's number it rests on."""

    affected: Affected
    doubt: str = ""
    behind: str = ""


def advisory_verdicts(subject: Subject, advisories: tuple[Advisory, ...]) -> tuple[AdvisoryVerdict, ...]:
    """What each advisory that concerns the device says of it, by id."""
    product = replace(subject, firmware=read_firmware(None), sure=1.0)
    held = (verdict_on(subject, advisory) for advisory in _in_question(product, advisories))
    return tuple(made for made in held if made is not None)


@lru_cache(maxsize=4096)  # a site has many cameras, each built another day, and few models
def _in_question(product: Subject, advisories: tuple[Advisory, ...]) -> tuple[Advisory, ...]:
    """Those that may say something of such a product, whatever firmware it runs; all others have no row of it."""
    return tuple(one for one in advisories if not one.unseen and _concerns(product, one) and _may_fit(product, one))


def _may_fit(product: Subject, advisory: Advisory) -> bool:
    numbers = [number for number in (product.model, *product.maker_models) if number]
    return advisory.kev is not None or any(
        not one.models or any(_best(number, one) != "no" for number in numbers) for one in advisory.affected
    )


def verdict_on(subject: Subject, advisory: Advisory) -> AdvisoryVerdict | None:
    """What one advisory says of a device; None where it does not concern it."""
    if advisory.unseen or not _concerns(subject, advisory):
        return None
    fit = _fit(subject, advisory)
    said = _answer(subject, advisory, fit) if fit else _without_model(subject, advisory)
    if said is None:
        return None
    return AdvisoryVerdict(
        id=advisory.id,
        verdict=said.verdict,
        reason=said.reason,
        fixed_in=fit.affected.fixed.text if fit and fit.affected.fixed else None,
        kev=advisory.kev is not None,
        confidence=subject.sure * DATA[advisory.confidence] * (1 if _named(subject, advisory, fit) else REBRANDED),
        severity=advisory.severity,
    )


def _concerns(subject: Subject, advisory: Advisory) -> bool:
    sold = not advisory.brands or subject.brand in advisory.brands
    made = not advisory.makers or subject.maker in advisory.makers
    return sold and made and (not advisory.kinds or subject.kind is None or subject.kind in advisory.kinds)


def _fit(subject: Subject, advisory: Advisory) -> Fit | None:
    """The first statement that is about the device: what is more special stands first in a file."""
    return next((fit for one in advisory.affected if (fit := _about(subject, one)) is not None), None)


def _about(subject: Subject, affected: Affected) -> Fit | None:
    if not affected.is_about(subject.firmware) or (affected.kinds and subject.kind not in affected.kinds):
        return None
    if not affected.models:
        return Fit(affected) if subject.model or affected.same_line or affected.only else None
    for number in (subject.model, *subject.maker_models):
        found = _best(number, affected) if number else "no"
        if found != "no":
            behind = "" if number == subject.model else number or ""
            doubt = f"whether {number} is the hardware revision named is not known" if found == "revision" else ""
            return Fit(affected, doubt, behind)
    return None


def _best(number: str, affected: Affected) -> str:
    best = "no"
    for pattern in affected.models:
        found = match(pattern, number)
        if found == "yes":
            return found
        best = found if found == "revision" else best
    return best


def _answer(subject: Subject, advisory: Advisory, fit: Fit) -> Answer | None:
    said = answer(subject.firmware, fit.affected, closed=advisory.confidence == "high")
    if not fit.affected.models:
        if _says_nothing(fit.affected) and not _built_before(subject, advisory):
            return None
        if said.verdict == "not-affected" and fit.affected.possible:
            return None
    if said.verdict == "affected" and fit.doubt:
        said = Answer("cannot-say", f"{said.reason}, but {fit.doubt}")
    return Answer(said.verdict, said.reason + _later(subject, advisory, fit) + _behind(subject, advisory, fit))


def _says_nothing(affected: Affected) -> bool:
    said = (affected.since, affected.until, affected.before, affected.fixed, affected.possible)
    return not (affected.only or any(said))


def _built_before(subject: Subject, advisory: Advisory) -> bool:
    built, published = subject.firmware.built, advisory.published
    return built is not None and published is not None and built < int(published.strftime("%Y%m%d"))


def _later(subject: Subject, advisory: Advisory, fit: Fit) -> str:
    """What speaks for a fix where no source names one: firmware built after the publication."""
    published = advisory.published
    if not _says_nothing(fit.affected) or published is None or subject.firmware.built is None:
        return ""
    when = "before" if _built_before(subject, advisory) else "after"
    return f"; {subject.firmware.text} was built {when} its publication ({published})"


def _named(subject: Subject, advisory: Advisory, fit: Fit | None) -> bool:
    """Whether the advisory speaks of the product itself, and not only of what its maker sells under other numbers."""
    by_number = fit is not None and bool(fit.affected.models) and not fit.behind
    return subject.brand in (None, subject.maker) or bool(advisory.brands) or by_number


def _behind(subject: Subject, advisory: Advisory, fit: Fit) -> str:
    if fit.behind:
        return f"; judged as {fit.behind}, the maker's number behind {subject.model or 'it'}"
    return "" if _named(subject, advisory, fit) else f"; made by {subject.maker}, sold as {subject.brand}"


def _without_model(subject: Subject, advisory: Advisory) -> Answer | None:
    """What is said where it is not known which of the maker's models it is: of what is exploited, and no more."""
    if advisory.kev is None or subject.maker_models or (subject.model and not subject.rebranded):
        return None
    why = "its model is not known"
    if subject.model:
        why = f"sold as {subject.brand} {subject.model}, whose number at its maker is not known"
    verdict = _whichever(subject, advisory) if subject.model or advisory.confidence == "high" else None
    if verdict is None:
        return Answer("cannot-say", why)
    return Answer(verdict, f"it runs {subject.firmware.text}, which is not affected in any model; {why}")


def _whichever(subject: Subject, advisory: Advisory) -> Verdict | None:
    """What holds for every model named, where that is that it is not affected; None else."""
    meant = [a for a in advisory.affected if not (subject.kind and a.kinds) or subject.kind in a.kinds]
    closed = advisory.confidence == "high"
    if any(one.possible and one.fixed is None for one in meant):
        return None
    each = {answer(subject.firmware, one, closed=closed).verdict for one in meant if not one.spared}
    if not each or each & {"affected", "cannot-say"}:
        return None
    return "fixed" if "fixed" in each else "not-affected"
