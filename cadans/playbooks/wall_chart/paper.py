"""Sheets of paper. Lengths of the wall chart are points (1/72 inch), y runs down the page."""

from __future__ import annotations

from dataclasses import dataclass

MM = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True)
class Paper:
    """A sheet as it lies on the printer: its name and its measure in millimetres."""

    size: str
    orientation: str
    across: float
    down: float

    @property
    def width(self) -> float:
        """In points."""
        return self.across * MM

    @property
    def height(self) -> float:
        """In points."""
        return self.down * MM

    @property
    def margin(self) -> float:
        """White around the chart, wide enough for printers that cannot reach the edge."""
        return (12 if self.size == "A3" else 9) * MM

    @property
    def grade(self) -> float:
        """How large fixed lettering is: 1 on A4, and as many times larger as the sheet is."""
        return 1.4142 if self.size == "A3" else 1.0


PAPERS = {
    f"{size}-{orientation}": Paper(size, orientation, across, down)
    for size, orientation, across, down in (
        ("A3", "landscape", 420, 297),
        ("A3", "portrait", 297, 420),
        ("A4", "landscape", 297, 210),
        ("A4", "portrait", 210, 297),
    )
}
