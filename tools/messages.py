"""The product's texts: taken from the sources, translated in one .po file a language.

The sources are English, so English needs no file. An entry whose text left the sources leaves the
.po file too, and nothing is guessed: an entry is translated or it is missing.

    messages.py extract          bring the .po files up to date with the sources
    messages.py fill FILE.json   the same, and write translations: {"English": "Dutch"},
                                 plurals {"singular": ["enkelvoud", "meervoud"]},
                                 with a context {"context\\u0004English": "Dutch"}
    messages.py check            exit 1 when something is missing, stale or does not fit
    messages.py compile          write the .mo files that Django reads
"""

import fcntl
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "cadans"
LOCALE = PACKAGE / "locale"
LANGUAGES = {"nl": "Dutch"}

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
# {language} texts of Cadans, kept by tools/messages.py.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
CONTEXT_END = "\x04"

# An entry is known by its singular text and, where it has one, its context.
Key = tuple[str, str | None]


@click.group(help=__doc__)
def messages() -> None:
    pass


@messages.command("extract", help="Bring the .po files up to date with the sources.")
def extract_() -> None:
    with _alone():
        for code in LANGUAGES:
            catalog = _merged(_extracted(), _translated(code))
            _write_po(code, catalog)
            missing = sum(1 for entry in catalog if entry.id and not _is_translated(entry))
            click.echo(f"{code}: {len(catalog)} texts, {missing} missing.")


@messages.command(help="Write the translations of a JSON file into the Dutch .po file.")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--language", "code", default="nl", type=click.Choice(list(LANGUAGES)))
def fill(file: Path, code: str) -> None:
    given: dict[str, str | list[str]] = json.loads(file.read_text(encoding="utf-8"))
    with _alone():
        catalog = _merged(_extracted(), _translated(code))
        entries = {_key(entry): entry for entry in catalog if entry.id}
        strangers = []
        for text, translation in given.items():
            context, _, singular = text.rpartition(CONTEXT_END)
            entry = entries.get((singular, context or None))
            if entry is None:
                strangers.append(text)
                continue
            entry.string = tuple(translation) if isinstance(translation, list) else translation
            for complaint in _misfits(entry):
                raise click.ClickException(f"Nothing is written: {complaint}")
        _write_po(code, catalog)
        _write_mo(code, catalog)
    for text in strangers:
        click.echo(f"not in the sources: {text!r}")
    click.echo(f"{code}: {len(given) - len(strangers)} translations written.")


@messages.command(help="Exit 1 when a translation is missing, stale or does not fit.")
def check() -> None:
    sources = _extracted()
    complaints = []
    for code in LANGUAGES:
        catalog = _translated(code)
        have = {_key(entry): entry for entry in catalog if entry.id}
        want = {_key(entry): entry for entry in sources if entry.id}
        for key, entry in want.items():
            if key not in have or not _is_translated(have[key]):
                place = entry.locations[0][0] if entry.locations else "?"
                complaints.append(f"{code}: missing: {entry.id!r} ({place})")
        stale = list(have.keys() - want.keys()) + list(catalog.obsolete)
        complaints += [f"{code}: no longer in the sources: {key!r}" for key in stale]
        for entry in have.values():
            if entry.fuzzy:
                complaints.append(f"{code}: fuzzy: {entry.id!r}")
            if _is_translated(entry):
                complaints += [f"{code}: {complaint}" for complaint in _misfits(entry)]
    for complaint in complaints:
        click.echo(complaint)
    if complaints:
        click.echo(f"{len(complaints)} to mend: see tools/messages.py --help.")
        sys.exit(1)


@messages.command("compile", help="Write the .mo files that Django reads.")
def compile_() -> None:
    with _alone():
        for code in LANGUAGES:
            _write_mo(code, _translated(code))


def _extracted() -> Catalog:
    """Every text in the package's Python files and templates, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for path in sorted(PACKAGE.rglob("*")):
        if "migrations" in path.parts or "static" in path.parts:
            continue
        if path.suffix == ".py":
            source = path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            source = _template_as_python(path)
        else:
            continue
        place = path.relative_to(CHECKOUT).as_posix()
        try:
            _add_texts(catalog, source, place)
        except (SyntaxError, ValueError) as error:
            message = f"Nothing is written: {place} cannot be read ({error})."
            raise click.ClickException(message) from error
    return catalog


def _template_as_python(path: Path) -> str:
    """A template as lines of Python in which only the calls of gettext mean something."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return "\n".join(line.strip() for line in source.splitlines())


def _add_texts(catalog: Catalog, source: str, place: str) -> None:
    found = extract("python", BytesIO(source.encode()), KEYWORDS, ["Translators:"], {})
    for _line, text, comments, context in found:
        # The line is left out: it would change the .po file with every edit above it.
        catalog.add(text, locations=[(place, 0)], auto_comments=comments, context=context)


def _merged(sources: Catalog, translated: Catalog) -> Catalog:
    """The sources' texts with the translations there are; what left the sources is dropped."""
    have = {_key(entry): entry for entry in translated if entry.id}
    for entry in sources:
        known = have.get(_key(entry)) if entry.id else None
        is_plural = isinstance(entry.id, tuple)
        if known and not known.fuzzy and isinstance(known.id, tuple) == is_plural:
            entry.string = known.string
        elif entry.id:
            entry.string = ("", "") if is_plural else ""
    return sources


def _key(entry: Message) -> Key:
    singular = entry.id[0] if isinstance(entry.id, tuple | list) else entry.id
    return singular, entry.context or None


def _is_translated(entry: Message) -> bool:
    return all(entry.string) if isinstance(entry.string, tuple | list) else bool(entry.string)


def _misfits(entry: Message) -> Iterator[str]:
    """What makes a translation unfit: another number of forms, other placeholders or line ends."""
    sources = list(entry.id) if isinstance(entry.id, tuple | list) else [entry.id]
    given = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
    forms = [form or "" for form in given]
    if len(sources) != len(forms):
        yield f"{sources[0]!r} has {len(sources)} forms, its translation {len(forms)}"
        return
    allowed = [Counter(PLACEHOLDER.findall(source)) for source in sources]
    for form in forms:
        if Counter(PLACEHOLDER.findall(form)) not in allowed:
            yield f"other placeholders in {form!r} than in {sources[0]!r}"
        if form.endswith("\n") != sources[0].endswith("\n"):
            yield f"{form!r} ends its line otherwise than {sources[0]!r}"


def _po(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "django.po"


def _translated(code: str) -> Catalog:
    path = _po(code)
    if not path.exists():
        return Catalog(locale=code, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=code, charset="utf-8", abort_invalid=True)


def _write_po(code: str, catalog: Catalog) -> None:
    body = BytesIO()
    write_po(body, catalog, omit_header=True, sort_output=True, include_lineno=False, width=100)
    header = HEADER.format(language=LANGUAGES[code], code=code)
    _put(_po(code), header.encode() + body.getvalue().strip() + b"\n")


def _write_mo(code: str, catalog: Catalog) -> None:
    ready = Catalog(locale=code, charset="utf-8", fuzzy=False)
    for entry in catalog:
        if entry.id and _is_translated(entry):
            ready.add(entry.id, entry.string, context=entry.context)
    body = BytesIO()
    write_mo(body, ready)
    _put(_po(code).with_suffix(".mo"), body.getvalue())


def _put(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time: two people may fill translations at once."""
    LOCALE.mkdir(exist_ok=True)
    folder = os.open(LOCALE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


if __name__ == "__main__":
    messages()
