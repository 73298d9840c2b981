"""Plots: columns over time and lines by rank, as numbers with the search behind each, and as shapes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

HEIGHT = 100
WIDE, GAP = 8, 2


@dataclass(frozen=True)
class Cell:
    """A number with the search that lists what it counts; `words` where it is shown as something else."""

    number: float
    search: str = ""
    words: str = ""
    key: str = ""

    @property
    def shown(self) -> str:
        return self.words or f"{self.number:g}"


@dataclass(frozen=True)
class Mark:
    """A rectangle in the drawing, of the colour of `key`."""

    key: str
    x: int
    y: float
    height: float
    title: str
    search: str


@dataclass(frozen=True)
class Plot:
    """A table of which a drawing can be made. Each line: its label, then a cell per heading.

    `stacked` says that the cells of a line lie upon each other; else two of them are a span from one to the other.
    Words may be translated late. `ranked` ones are shown as a table with bars, not as columns over time.
    """

    name: str
    title: object
    headings: Sequence[object]
    lines: list[tuple[str, list[Cell]]]
    stacked: bool = True
    target: float = 0
    unit: str = ""
    ranked: bool = False
    note: str = ""

    @property
    def empty(self) -> bool:
        return not any(cell.number for _, cells in self.lines for cell in cells)

    @cached_property
    def top(self) -> float:
        """The number at the upper edge."""
        heights = [sum(_drawn(cells)) if self.stacked else max(_drawn(cells), default=0) for _, cells in self.lines]
        return max([*heights, self.target]) or 1

    @property
    def width(self) -> int:
        return max(1, len(self.lines)) * (WIDE + GAP)

    @property
    def target_at(self) -> float:
        return round(HEIGHT * (1 - self.target / self.top), 1)

    @property
    def marks(self) -> list[Mark]:
        """The drawing: 100 high, each line a column of eight with a gap of two."""
        return [mark for place, line in enumerate(self.lines) for mark in self._column(place * (WIDE + GAP), *line)]

    def _column(self, x: int, label: str, cells: list[Cell]) -> list[Mark]:
        marks, floor = [], 0.0
        for cell, name in zip(cells, self.headings, strict=True):
            if not cell.key or not cell.number:
                continue
            low = floor if self.stacked else min(floor, cell.number)
            high = floor + cell.number if self.stacked else cell.number
            scale = HEIGHT / self.top
            height = round(max((high - low) * scale, 1), 1)
            title = f"{label}, {name}: {cell.shown}"
            marks.append(Mark(cell.key, x, round(HEIGHT - low * scale - height, 1), height, title, cell.search))
            floor = high
        return marks


def _drawn(cells: Sequence[Cell]) -> list[float]:
    return [cell.number for cell in cells if cell.key]
