"""The rules of the house that no other tool checks (docs/architecture.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

PACKAGE = Path(__file__).resolve().parent.parent.parent / "cadans"
FLOORS = [
    {"ground"},
    {"events"},
    {"team"},
    {"contacts"},
    {"assignment"},
    {"process"},
    {"leads"},
    {"notifications", "outreach", "enrichment"},
    {"automations"},
    {"playbooks"},
    {"insight"},
    {"exchange", "demo"},
    {"web", "api", "cli"},
]
HEIGHT = {room: height for height, floor in enumerate(FLOORS) for room in floor}
WRITES = {
    "save",
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
}
MAY_WRITE = re.compile(
    r"(actions(/\w+)?|settle|act|in_bulk|copying|catalogue|importing|sell|idempotency|auth)\.py$"
)
BANNED_NAMES = re.compile(
    r"(^|_)(utils?|helpers?|common|base|core|manager|service|misc)$|^(handle_|process_|do_)(?!task$|of$|until$)"
)
DJANGOS_OWN = {
    "process_exception",
    "process_view",
    "process_template_response",
    # of html.parser
    "handle_starttag",
    "handle_endtag",
    "handle_data",
    # of httpx
    "handle_request",
}
LONGEST = 500


def modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


MODULES = modules()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_holds_one_room(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path: Path) -> None:
    tree = tree_of(path)
    is_marker = path.name in {"__init__.py", "apps.py"} and len(tree.body) <= 3
    assert is_marker or ast.get_docstring(tree)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_names_say_something(path: Path) -> None:
    assert not BANNED_NAMES.search(path.stem)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert node.name in DJANGOS_OWN or not BANNED_NAMES.search(node.name), node.name


def imports_inside_functions(path: Path) -> Iterator[str]:
    for function in ast.walk(tree_of(path)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cadans."):
                    yield f"{function.name}: {node.module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_import_hides_in_a_function_to_dodge_a_floor(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    if room in {"cli", "config"}:
        return  # starting quickly, and before Django is set up, is what these do
    assert not list(imports_inside_functions(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_actions_write(path: Path) -> None:
    """No `.save()`, `.update()`, … of rows outside the modules whose job it is."""
    name = name_of(path)
    if MAY_WRITE.search(name) or name.split("/")[0] in {"demo", "exchange", "cli", "config"}:
        return
    for node in ast.walk(tree_of(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in WRITES and "objects" in ast.unparse(node.func.value):
            pytest.fail(f"{name}:{node.lineno} writes: {ast.unparse(node)[:80]}")


@pytest.mark.parametrize(
    "path", [path for path in MODULES if name_of(path).startswith("web/")], ids=name_of
)
def test_pages_read_leads_only_through_what_their_reader_may_see(path: Path) -> None:
    for match in re.finditer(r"\b(Lead|Task)\.objects\.(\w+)", path.read_text()):
        assert match[2] == "visible_to", match[0]


def test_foreign_keys_point_down() -> None:
    for model in apps.get_models():
        room = model._meta.app_label
        if room not in HEIGHT:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField):
                other = field.related_model._meta.app_label
                if other in HEIGHT:
                    assert HEIGHT[other] <= HEIGHT[room], f"{model.__name__}.{field.name}"


def test_every_table_of_business_data_has_a_time_ordered_id() -> None:
    without = {"Membership", "Organisation", "ExchangeRate", "Turn", "ImportedRow", "SettingsStamp"}
    for model in apps.get_models():
        if model._meta.app_label in HEIGHT and not model._meta.auto_created:
            if model.__name__ in without:
                continue
            assert isinstance(model._meta.pk, models.UUIDField), model.__name__


def test_every_reaction_is_a_job_that_exists() -> None:
    from procrastinate.contrib.django import app

    from cadans.reactions import REACTIONS

    for kind, jobs in REACTIONS.items():
        for job in jobs:
            assert job.name in app.tasks, (kind, job.name)


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_kept() -> None:
    root = PACKAGE.parent
    kept = [*root.glob("*.json"), *root.glob("requirements/*"), *root.glob("Makefile")]
    for path in kept:
        assert not re.search(r"https?://\S+/simple|\"resolved\"", path.read_text()), path.name
