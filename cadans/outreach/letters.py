"""A letter: a template's Markdown as the HTML that mail programs show, and its text twin. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

from cadans.outreach.merging import MARKED, in_markdown, merge, on_a_line
from cadans.outreach.twin import plain_twin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from css_inline import CSSInliner

MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "code", "fence", "backticks", "html_inline", "html_block"]
)
MERGED_ADDRESS = re.compile(r"\]\(([^)<>\n]*\{\{[^)<>\n]*)\)")
"""A link's address with a field in it: what is filled in may hold spaces, so it is put in
angle brackets, which Markdown has for that."""

TAGS = {
    *("p", "br", "strong", "em", "blockquote", "hr", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "a"),
}
STYLE = """\
.letter { font-family: Arial, Helvetica, sans-serif; font-size: 15px; line-height: 1.5;
  color: #1d2430; max-width: 640px; }
.letter p { margin: 0 0 14px 0; }
.letter h1 { font-size: 22px; line-height: 1.25; margin: 22px 0 10px 0; }
.letter h2 { font-size: 18px; line-height: 1.3; margin: 20px 0 8px 0; }
.letter h3, .letter h4 { font-size: 15px; margin: 16px 0 6px 0; }
.letter ul, .letter ol { margin: 0 0 14px 0; padding: 0 0 0 22px; }
.letter li { margin: 0 0 4px 0; }
.letter a { color: #1a56db; }
.letter blockquote { margin: 0 0 14px 0; padding: 0 0 0 12px; border-left: 3px solid #c9d0da;
  color: #4b5563; }
.letter hr { border: 0; border-top: 1px solid #c9d0da; margin: 18px 0; }
"""


@dataclass(frozen=True)
class Letter:
    """A mail as it goes out: subject, HTML with its styles inside, its text twin.

    `inner` is its body alone, without styles, for pages that show it. `missing` are the fields
    that are not known for this reader: a letter that misses any may be shown (`shown_missing`)
    and must not be sent.
    """

    subject: str
    html: str
    text: str
    inner: str
    missing: tuple[str, ...] = ()

    @property
    def can_go(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def letter(
    subject: str, body: str, values: Mapping[str, str], *, known: frozenset[str], language: str
) -> Letter:
    """Fill a subject and a Markdown body in for one reader. Raises BadMerge."""
    line = merge(subject, values, known=known, written=on_a_line)
    text = merge(MERGED_ADDRESS.sub(r"](<\1>)", body), values, known=known, written=in_markdown)
    inner = written_out(text.text)
    missing = tuple(dict.fromkeys((*line.missing, *text.missing)))
    whole = (
        f'<html lang="{html.escape(language)}"><head><meta charset="utf-8"></head>'
        f'<body><div class="letter">{inner}</div></body></html>'
    )
    return Letter(
        subject=" ".join(line.text.split()),
        html="<!DOCTYPE html>" + _inliner().inline(whole).removeprefix("<!DOCTYPE html>"),
        text=plain_twin(inner),
        inner=inner,
        missing=missing,
    )


def written_out(markdown: str) -> str:
    """Markdown as the harmless HTML of a mail: few tags, links to http, https, mailto and tel."""
    return nh3.clean(
        MARKDOWN.render(markdown),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


def shown_missing(text: str, show: Callable[[str], str]) -> str:
    """The text with the name of each missing field as `show` tells it."""
    return MARKED.sub(lambda found: show(found[1]), text)


@cache
def _inliner() -> CSSInliner:
    """Mail programs drop style sheets, so every element carries its own style."""
    # Loaded when the first letter is written: starting needs none.
    from css_inline import CSSInliner

    return CSSInliner(extra_css=STYLE, load_remote_stylesheets=False, keep_style_tags=False)
