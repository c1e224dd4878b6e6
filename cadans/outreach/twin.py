"""The plain-text twin of an HTML mail, for readers and programs that show no HTML. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "blockquote", "ul", "ol", "table", "pre", "hr"}
UNSEEN = {"style", "script", "head", "title"}


def plain_twin(html: str) -> str:
    """What the HTML says, as text: paragraphs apart, lists with dashes or numbers, and the address
    of a link behind its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [
        line.strip() if not line.startswith("  ") else line.rstrip() for line in reader.lines()
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._text: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._lists: list[int | None] = []
        self._quotes = 0
        self._unseen = 0

    def lines(self) -> list[str]:
        """The lines so far."""
        return "".join(self._text).split("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._text.append("\n" + self._margin())
        elif tag == "li":
            self._begin_item()
        elif tag in {"ul", "ol"}:
            self._lists.append(1 if tag == "ol" else None)
            self._text.append("\n" if len(self._lists) > 1 else "\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._text)))
        elif tag == "blockquote":
            self._quotes += 1
        elif tag in {"td", "th"}:
            self._text.append(" ")
        elif tag == "tr":
            self._text.append("\n")
        elif tag == "hr":
            self._text.append("\n\n----\n\n")
        elif tag == "p" and self._lists:
            pass  # the paragraph of a list item stays on its line
        elif tag in BLOCKS:
            self._text.append("\n\n" + self._margin())

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            self._text.append("" if self._lists else "\n\n")
        elif tag == "blockquote":
            self._quotes = max(self._quotes - 1, 0)
            self._text.append("\n\n")
        elif tag in BLOCKS and not (tag == "p" and self._lists):
            self._text.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        text = re.sub(r"[ \t\r\n]+", " ", data)
        if text == " " and (not self._text or self._text[-1].endswith(("\n", " "))):
            return
        self._text.append(text.lstrip() if self._at_start() else text)

    def _at_start(self) -> bool:
        return not self._text or self._text[-1].endswith(("\n", "> "))

    def _margin(self) -> str:
        return "> " * self._quotes

    def _begin_item(self) -> None:
        indent = "  " * max(len(self._lists) - 1, 0)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        start = f"{number}. " if number is not None else "- "
        self._text.append(f"\n{indent}{start}")

    def _end_link(self, href: str, since: int) -> None:
        words = "".join(self._text[since:]).strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:")
        if bare and bare.rstrip("/") != words.rstrip("/"):
            self._text.append(f" ({bare})" if words else bare)
