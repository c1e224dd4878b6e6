"""Whom and what the rows name: owners, products, sources, territories, reasons, pipelines.

These tables are small, so they are kept in memory while a file is imported. Companies and people
may be many; those are looked up chunk by chunk in `contacts`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils.translation import gettext as _

from cadans.assignment.models import Territory
from cadans.exchange.actions.books import Books
from cadans.exchange.columns import plain_name
from cadans.exchange.history import Process, StagePlace
from cadans.exchange.rows import RowRefused
from cadans.ground.errors import Invalid
from cadans.leads.models import LossReason, Product, Source
from cadans.process.models import Pipeline, Stage
from cadans.team.models import User

NAMED: dict[str, type[models.Model]] = {
    "products": Product,
    "sources": Source,
    "territories": Territory,
    "reasons": LossReason,
}
MOST_FINDINGS = 500
"""How many unknown names of a kind are listed; the rest are only counted."""


class Names:
    """Finds what rows name; makes what is unknown where that is allowed, else refuses the row.

    `unknown` gathers every name that was not there before, by kind, with how many rows used it.
    """

    def __init__(self, makes: Collection[str], pipeline: Pipeline | None) -> None:
        self.makes = frozenset(makes)
        self.pipeline = pipeline
        self.unknown: dict[str, dict[str, int]] = {}
        self._made: dict[str, set[str]] = {}
        self.load()

    def load(self) -> None:
        """Read what there is (again, after a chunk was not kept)."""
        self._owners: dict[str, uuid.UUID | None] = {}
        for id, name, email in User.objects.values_list("id", "name", "email"):
            self._owners[email.casefold()] = id
            key = name.casefold()
            # Two users of one name: neither can be meant by it.
            self._owners[key] = None if key in self._owners and key != email.casefold() else id
        self._known = {
            kind: {name.casefold(): id for id, name in _id_and_name(model)}
            for kind, model in NAMED.items()
        }
        self._processes: dict[str, Process] = {}
        self._default: Process | None = None
        self._load_processes()

    # ── pipelines and stages ────────────────────────────────────────────────────────────

    def _load_processes(self) -> None:
        stages: dict[uuid.UUID, list[Stage]] = {}
        for stage in Stage.objects.order_by("position"):
            stages.setdefault(stage.pipeline_id, []).append(stage)
        live = Pipeline.objects.live().select_related("version").order_by("-is_default", "position")
        for pipeline in live:
            process = _process(pipeline, stages.get(pipeline.id, []))
            self._processes.setdefault(pipeline.key.casefold(), process)
            self._processes.setdefault(pipeline.name.casefold(), process)
            self._processes[str(pipeline.id)] = process
            if self._default is None:
                self._default = process
        if self.pipeline is not None:
            self._default = self._processes.get(str(self.pipeline.id))
        if self._default is None:
            raise Invalid(
                _("There is no published pipeline yet. Design and publish one first."),
                pointer="/pipeline",
                code="no_pipeline",
            )

    def process(self, word: str | None) -> Process:
        """The pipeline that a row names, or the one chosen for the file."""
        if word is None:
            assert self._default is not None
            return self._default
        found = self._processes.get(word.casefold())
        if found is None:
            raise RowRefused(_("There is no pipeline “%(name)s”.") % {"name": word})
        return found

    def process_of(self, id: uuid.UUID) -> Process | None:
        """The pipeline with that id, if it takes leads."""
        return self._processes.get(str(id))

    def stage(self, process: Process, word: str, *, retired: bool = False) -> StagePlace:
        """The stage that a row names, by its key or its name in either language."""
        key = word.casefold()
        found = process.words.get(key) or process.words.get(plain_name(word))
        if found is None and retired:
            found = process.retired.get(key)
        if found is not None:
            return found
        self.note("stages", word)
        for other in self._processes.values():
            if other.id != process.id and key in other.words:
                raise RowRefused(
                    _("Stage “%(stage)s” belongs to pipeline “%(other)s”, not to “%(pipeline)s”.")
                    % {"stage": word, "other": other.name, "pipeline": process.name}
                )
        raise RowRefused(
            _("Pipeline “%(pipeline)s” has no stage “%(stage)s”.")
            % {"pipeline": process.name, "stage": word}
        )

    # ── people of ours, and what is sold ────────────────────────────────────────────────

    def owner(self, books: Books, word: str) -> uuid.UUID:
        """The user with that e-mail address or name; made as one who cannot log in."""
        key = word.casefold()
        if key in self._owners:
            found = self._owners[key]
            if found is None:
                raise RowRefused(
                    _("More than one user is called “%(name)s”. Use the e-mail address.")
                    % {"name": word}
                )
            if key in self._made.get("owners", ()):
                self.note("owners", word)
            return found
        self.note("owners", word)
        if "owners" not in self.makes:
            raise RowRefused(_("There is no user “%(name)s”.") % {"name": word})
        name, email = _name_and_email(word)
        if email in self._owners:
            email = f"{uuid.uuid4().hex[:8]}.{email}"
        id = books.add(User, email=email, name=name, is_active=False, password=make_password(None))
        assert id is not None
        books.acts.record(
            "user_added",
            at=books.acts.now,
            subject=id,
            subject_kind="user",
            data={"fields": {"name": name, "email": email, "is_active": False}},
        )
        self._owners[key] = self._owners[email] = id
        self._made.setdefault("owners", set()).add(key)
        return id

    def named(self, books: Books, kind: str, word: str) -> uuid.UUID:
        """The product, source, territory or reason of that name (any case of letters)."""
        key = word.casefold()
        found: uuid.UUID | None = self._known[kind].get(key)
        if found is not None:
            if key in self._made.get(kind, ()):
                self.note(kind, word)
            return found
        self.note(kind, word)
        if kind not in self.makes:
            raise RowRefused(_REASONS[kind]() % {"name": word})
        id = books.add(NAMED[kind], name=word)
        assert id is not None
        subject_kind = _SUBJECTS[kind]
        books.acts.record(
            f"{subject_kind}_added",
            at=books.acts.now,
            subject=id,
            subject_kind=subject_kind,
            data={"fields": {"name": word}},
        )
        self._known[kind][key] = id
        self._made.setdefault(kind, set()).add(key)
        return id

    def note(self, kind: str, word: str) -> None:
        """Remember that a row named something that was not there."""
        names = self.unknown.setdefault(kind, {})
        if word in names or len(names) < MOST_FINDINGS:
            names[word] = names.get(word, 0) + 1


_SUBJECTS = {
    "products": "product",
    "sources": "source",
    "territories": "territory",
    "reasons": "loss_reason",
}
_REASONS = {
    "products": lambda: _("There is no product “%(name)s”."),
    "sources": lambda: _("There is no source “%(name)s”."),
    "territories": lambda: _("There is no territory “%(name)s”."),
    "reasons": lambda: _("There is no loss reason “%(name)s”."),
}


def _id_and_name(model: type[models.Model]) -> Iterable[tuple[Any, str]]:
    return model._default_manager.order_by("-id").values_list("id", "name")


def _process(pipeline: Pipeline, stages: Iterable[Stage]) -> Process:
    assert pipeline.version is not None
    current = [stage["key"] for stage in pipeline.version.document["stages"]]
    places: list[StagePlace] = []
    words: dict[str, StagePlace] = {}
    retired: dict[str, StagePlace] = {}
    for stage in stages:
        place = StagePlace(stage.id, stage.key, stage.position, stage.ends_in, dict(stage.name))
        known = {stage.key, *(name for name in stage.name.values() if name)}
        if stage.key in current:
            places.append(place)
            for word in known:
                words.setdefault(word.casefold(), place)
                words.setdefault(plain_name(word), place)
        else:
            for word in known:
                retired.setdefault(word.casefold(), place)
    return Process(
        id=pipeline.id,
        key=pipeline.key,
        name=pipeline.name,
        version=pipeline.version.id,
        number=pipeline.version.number,
        stages=places,
        words=words,
        retired=retired,
    )


def _name_and_email(word: str) -> tuple[str, str]:
    """A name and an address for a user of whom only one of the two is known."""
    if "@" in word and " " not in word:
        email = word.lower()
        return email.split("@")[0].replace(".", " ").title()[:120], email[:254]
    slug = re.sub(r"[^a-z0-9]+", ".", word.casefold()).strip(".") or "user"
    return word[:120], f"{slug[:60]}@imported.invalid"
