"""A mail as it travels (RFC 5322, MIME), and its text in its two forms."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

import nh3

from cadans.outreach.models import Message
from cadans.outreach.twin import plain_twin

POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
"""CRLF, and nothing but ASCII on the wire, so that no server on the way needs to do better."""

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt"),
    *("em", "h1", "h2", "h3", "h4", "hr", "i", "ins", "li", "ol", "p", "pre", "s", "small"),
    *("span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
}
SCHEMES = {"http", "https", "mailto", "tel"}
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def as_sent(message: Message, *, at: datetime) -> EmailMessage:
    """The mail with its headers, text and HTML."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _address(message.from_address, message.from_name)
    mail["To"] = [_address(*row) for row in message.to]
    if message.cc:
        mail["Cc"] = [_address(*row) for row in message.cc]
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message.message_id
    known = message.references.split()
    if known:
        mail["In-Reply-To"] = known[-1]
        mail["References"] = " ".join(known)
    for name, value in message.headers.items():
        mail[name] = value
    mail.set_content(message.text or " ")
    if message.html:
        mail.add_alternative(_document(message.html), subtype="html")
    return mail


def _address(address: str, name: str = "") -> Address:
    local, _at, domain = address.rpartition("@")
    return Address(name, local, domain)


def _document(html: str) -> str:
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>{html}</body></html>\n'


def clean(html: str) -> str:
    """HTML from outside, safe to show: no scripts, styles, forms, pictures or odd links."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "head", "title", "noscript", "template", "svg"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def clean_own(html: str) -> str:
    """HTML that we send: what `clean` leaves, with styles and pictures from the web."""
    styled = {tag: {"style", "align", "width"} for tag in TAGS}
    attributes = styled | {
        "a": {"href", "title", "style"},
        "img": {"src", "alt", "width", "height", "style"},
        "table": {"style", "align", "width", "cellpadding", "cellspacing", "border", "role"},
        "td": {"style", "align", "valign", "width", "colspan", "rowspan", "bgcolor"},
    }
    return nh3.clean(
        html,
        tags={*TAGS, "img", "center"},
        attributes=attributes,
        url_schemes=SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style", "head", "title", "noscript", "template", "svg"},
    )


def html_of(text: str) -> str:
    """Plain text as paragraphs, with its addresses of pages as links."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{_lines(block)}</p>" for block in blocks if block.strip())


def _lines(block: str) -> str:
    parts, end = [], 0
    for found in LINK.finditer(block):
        parts.append(escape(block[end : found.start()], quote=False))
        parts.append(f'<a href="{escape(found[0])}">{escape(found[0], quote=False)}</a>')
        end = found.end()
    parts.append(escape(block[end:], quote=False))
    return "".join(parts).strip().replace("\n", "<br>\n")


def text_of(html: str) -> str:
    """HTML as plain text."""
    return plain_twin(html).strip()
