"""A form as a browser would send it: what its fields hold when the page comes."""

from __future__ import annotations

from html.parser import HTMLParser


def filled_in(page: str) -> dict[str, list[str]]:
    """Every field on a page and its values, in the order in which they stand."""
    reader = _Fields()
    reader.feed(page)
    return reader.values


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._blank = False
        """Inside a <template>: what a page may copy, and does not send."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if self._blank or tag == "template":
            self._blank = True
        elif tag == "select":
            self._select, self._options = known.get("name"), []
        elif tag == "option" and self._select:
            self._options.append((known.get("value", ""), "selected" in known))
        elif tag == "textarea" and known.get("name"):
            self._area = known["name"]
            self.values.setdefault(self._area, []).append("")
        elif tag == "input" and known.get("name"):
            ticked = known.get("type") not in {"checkbox", "radio"} or "checked" in known
            if ticked:
                self.values.setdefault(known["name"], []).append(known.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._blank = False
        if tag == "textarea":
            self._area = None
        if tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            first = [value for value, _is_chosen in self._options[:1]]
            self.values.setdefault(self._select, []).extend(chosen or first)
            self._select = None
