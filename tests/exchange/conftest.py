"""Short ways to write a file and import it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cadans.exchange.actions import run_import
from cadans.exchange.models import ImportRun

Importing = Callable[..., ImportRun]


@pytest.fixture
def take_in(world: Any, tmp_path: Path) -> Importing:
    """Import a text as a file: `take_in("external_id,title\\n1,One\\n")`."""

    def importing(
        text: str | bytes, kind: str = "leads", *, trial: bool = False, **more: Any
    ) -> ImportRun:
        path = tmp_path / more.pop("name", "file.csv")
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        run = ImportRun(
            kind=kind,
            file=str(path),
            file_name=path.name,
            is_trial=trial,
            started_by=world.manager,
            mapping=more.pop("mapping", {}),
            pipeline=more.pop("pipeline", None),
            options=more,
        )
        return run_import(run)

    return importing


@pytest.fixture
def refusals() -> Callable[[ImportRun], list[str]]:
    """The reasons for which rows were refused, each as often as it was given."""

    def read(run: ImportRun) -> list[str]:
        return [reason for reason, count in run.reasons.items() for _ in range(count)]

    return read
