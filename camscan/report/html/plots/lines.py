"""Lines over time, one for each series, told apart by dashes and by a mark at each point as well as by colour."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from camscan.report.html.plots.element import drawing, element

WIDTH, HEIGHT = 460, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 34, 30  # room around the plot for its text
STEPS = 4  # lines across
MARKS = ("circle", "square", "triangle")
MARKED = 60  # points; of more than these a mark at each would hide the line


class Series(NamedTuple):
    """A series: (seconds since the epoch, number) in the order of time."""

    label: str
    points: Sequence[tuple[float, int]]


def lines(identity: str, title: str, text: str, series: Sequence[Series], first: str, last: str) -> Markup:
    """The plot; `first` and `last` are the ends of its time as text."""
    times = [time for one in series for time, _ in one.points]
    most = _ceiling(max((count for one in series for _, count in one.points), default=0))
    frame = _Frame(min(times, default=0.0), max(times, default=1.0), most)
    parts = [*_across(frame), *_ends(first, last)]
    for number, one in enumerate(series):
        parts += _series(number, one, frame)
    return drawing(identity, title, text, WIDTH, HEIGHT, parts)


class _Frame(NamedTuple):
    begin: float
    end: float
    most: int

    def place(self, time: float, count: float) -> tuple[float, float]:
        wide = (time - self.begin) / (self.end - self.begin) if self.end > self.begin else 0.5
        x = LEFT + wide * (WIDTH - LEFT - RIGHT)
        return x, HEIGHT - BOTTOM - count / self.most * (HEIGHT - TOP - BOTTOM)


def _ceiling(most: int) -> int:
    """A round number of `STEPS` equal steps that is no less."""
    step = 1
    while step * STEPS < most:
        step = next(wider for wider in _round_from(step) if wider > step)
    return step * STEPS


def _round_from(step: int) -> Iterator[int]:
    power = 10 ** (len(str(step)) - 1)
    yield from (power * digit for digit in (1, 2, 5, 10))


def _across(frame: _Frame) -> Iterator[Markup]:
    for number in range(STEPS + 1):
        count = frame.most * number // STEPS
        _, y = frame.place(frame.begin, count)
        yield element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="across")
        yield element("text", str(count), x=LEFT - 8, y=y, class_="before")


def _ends(first: str, last: str) -> Iterator[Markup]:
    yield element("text", first, x=LEFT, y=HEIGHT - 10, class_="behind")
    if last != first:
        yield element("text", last, x=WIDTH - RIGHT, y=HEIGHT - 10, class_="before")


def _series(number: int, one: Series, frame: _Frame) -> Iterator[Markup]:
    places = [frame.place(*point) for point in one.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield element("polyline", points=path, class_=f"line s{number}")
    shown = places if len(places) <= MARKED else [places[0], places[-1]]
    yield from (_mark(number, x, y) for x, y in shown)
    x = LEFT + number * (WIDTH - LEFT - RIGHT) / len(MARKS)
    yield element("line", x1=x, x2=x + 26, y1=12, y2=12, class_=f"line s{number}")
    yield _mark(number, x + 13, 12)
    yield element("text", one.label, x=x + 32, y=12, class_="behind")


def _mark(number: int, x: float, y: float) -> Markup:
    kind = MARKS[number % len(MARKS)]
    if kind == "circle":
        return element("circle", cx=x, cy=y, r=3.5, class_=f"mark s{number}")
    if kind == "square":
        return element("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, class_=f"mark s{number}")
    return element("path", d=f"M{x:.1f},{y - 4:.1f} l4,7 h-8 z", class_=f"mark s{number}")
