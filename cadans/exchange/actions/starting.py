"""Take a file in, and start or try its import."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cadans.events.act import Act, Subject
from cadans.exchange.mapping import MAKEABLE, Mapping, checked_map, guess_mapping, takers
from cadans.exchange.models import ImportRun, Kind
from cadans.exchange.queries import file_of
from cadans.exchange.tables import LARGEST_UPLOAD, open_table
from cadans.exchange.values import DATE_ORDERS
from cadans.ground.errors import Conflict, Invalid
from cadans.process.models import Pipeline
from cadans.team.models import User
from cadans.team.queries import require_role

ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx")


def start_import(
    actor: User | None,
    file: BinaryIO,
    *,
    kind: str,
    name: str,
    mapping: Mapping | MappingOf[str, Any] | None = None,
    pipeline: Pipeline | None = None,
    options: MappingOf[str, Any] | None = None,
    trial: bool = False,
    via: str = "web",
) -> ImportRun:
    """Take a file in and have a worker import it (or, with `trial`, only try it).

    Without a mapping the headers suggest one. The work is done by a job; follow it by the run's
    state, percentage and counts. Raises Invalid for a file or mapping that cannot be used.
    """
    run = None
    try:
        with transaction.atomic():
            run = take_file(actor, file, kind=kind, name=name, via=via)
            return carry_on(
                actor,
                run,
                mapping=mapping or guess_of(run),
                pipeline=pipeline,
                options=options or {},
                trial=trial,
                via=via,
            )
    except BaseException:
        if run is not None:
            shutil.rmtree(file_of(run).parent, ignore_errors=True)
        raise


def take_file(
    actor: User | None, file: BinaryIO, *, kind: str, name: str, via: str = "web"
) -> ImportRun:
    """Keep an uploaded file below the data folder, for an import that is still to be mapped."""
    require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    if kind not in Kind.values:
        raise Invalid(
            _("“%(kind)s” cannot be imported. There are: %(kinds)s.")
            % {"kind": kind, "kinds": ", ".join(Kind.values)},
            pointer="/kind",
        )
    if not name.lower().endswith(ENDINGS):
        raise Invalid(
            _("Use a CSV or XLSX file; “%(name)s” is neither.") % {"name": name[:100]},
            pointer="/file",
        )
    run = ImportRun(kind=kind, file_name=_shown(name), started_by=actor)
    run.file = f"imports/{run.id}/{_kept(name)}"
    path = file_of(run)
    path.parent.mkdir(parents=True, mode=0o700)
    try:
        run.file_size = _copy(file, path)
        open_table(path, name)
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    with Act(actor, via=via) as act:
        run.save(force_insert=True)
        act.record(
            "import_file_taken",
            Subject("import", run.id),
            data={"file": run.file_name, "kind": kind, "bytes": run.file_size},
        )
    return run


def carry_on(
    actor: User | None,
    run: ImportRun,
    *,
    mapping: Mapping | MappingOf[str, Any],
    pipeline: Pipeline | None = None,
    options: MappingOf[str, Any] | None = None,
    trial: bool,
    via: str = "web",
) -> ImportRun:
    """Have a worker import a file that was taken in, with this map (or only try it)."""
    require_role(actor, User.Role.ADMIN, User.Role.MANAGER)
    checked = mapping if isinstance(mapping, Mapping) else checked_map(mapping)
    table = open_table(file_of(run), run.file_name)
    takers(checked, run.kind, table.headers, beside=None)
    with Act(actor, via=via) as act:
        run = ImportRun.objects.select_for_update().get(id=run.id)
        if run.is_under_way:
            raise Conflict(_("This import is under way already."))
        if run.state == ImportRun.State.DONE:
            raise Conflict(_("This import is done already."))
        run.mapping = checked.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
        run.options = checked_options(options or {})
        run.pipeline = pipeline
        run.is_trial = trial
        run.state = ImportRun.State.WAITING
        run.lines_done, run.percentage, run.message = 0, 0, ""
        run.created = run.updated = run.skipped = run.refused = 0
        run.findings, run.reasons = {}, {}
        run.alive_at = timezone.now()
        run.save()
        act.record(
            "import_asked",
            Subject("import", run.id),
            data={"file": run.file_name, "kind": run.kind, "trial": trial},
        )
    return run


def guess_of(run: ImportRun) -> Mapping:
    """The map that the file's headers suggest."""
    return guess_mapping(run.kind, open_table(file_of(run), run.file_name).headers)


def checked_options(options: MappingOf[str, Any]) -> dict[str, Any]:
    """What may be chosen besides the map. Raises Invalid."""
    allowed: dict[str, tuple[str, ...]] = {
        "dates": DATE_ORDERS,
        "decimals": ("comma", "point"),
    }
    kept: dict[str, Any] = {}
    for name, value in options.items():
        if value in (None, ""):
            continue
        if name == "make":
            unknown = set(value) - set(MAKEABLE)
            if unknown:
                raise Invalid(
                    _("“%(name)s” cannot be made by an import. There are: %(names)s.")
                    % {"name": sorted(unknown)[0], "names": ", ".join(MAKEABLE)},
                    pointer="/options/make",
                )
            kept[name] = sorted(value)
        elif name in allowed and value in allowed[name]:
            kept[name] = value
        else:
            raise Invalid(
                _("“%(value)s” cannot be chosen for “%(name)s”.") % {"name": name, "value": value},
                pointer=f"/options/{name}",
            )
    return kept


def _copy(file: BinaryIO, path: Path) -> int:
    size = 0
    with path.open("xb") as target:
        while block := file.read(1024 * 1024):
            size += len(block)
            if size > LARGEST_UPLOAD:
                raise Invalid(
                    _("The file is too large: at most %(megabytes)d MB.")
                    % {"megabytes": LARGEST_UPLOAD // 1024 // 1024},
                    pointer="/file",
                )
            target.write(block)
    return size


def _shown(name: str) -> str:
    return re.sub(r"[\x00-\x1f]", "", name.replace("\\", "/").split("/")[-1])[-255:]


def _kept(name: str) -> str:
    """A harmless name for the file on disk, with its ending."""
    lower = name.lower()
    ending = next(one for one in ENDINGS if lower.endswith(one))
    return f"file{ending}"
