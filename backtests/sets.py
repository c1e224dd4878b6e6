"""The data sets as leads, imported as `cadans import` does."""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from cadans.exchange.actions import run_import
from cadans.exchange.mapping import read_map
from cadans.exchange.models import ImportRun
from cadans.leads.actions import change_product
from cadans.leads.models import Product
from cadans.playbooks.actions import make_pipeline, publish_pipeline
from cadans.process.design import Design
from cadans.process.models import Pipeline
from cadans.team.models import Organisation

MAPS = Path(__file__).resolve().parent.parent / "tests" / "real" / "maps"

LOANS: Mapping[str, str | None] = {
    "A_SUBMITTED": None,
    "A_PARTLYSUBMITTED": None,
    "A_PREACCEPTED": None,
    "A_ACCEPTED": None,
    "A_FINALIZED": None,
    "O_SENT": None,
    "O_SENT_BACK": None,
    "A_APPROVED": "won",
    "A_DECLINED": "lost",
    "A_CANCELLED": "lost",
}


def load_maven(folder: Path) -> Pipeline:
    """Maven Analytics' CRM opportunities, with the list prices of the products."""
    _organise("USD", "US")
    sales = _pipeline("Sales", {"Prospecting": None, "Engaging": None, "Won": "won"})
    _import(folder / "sales_pipeline.csv", "leads", "maven.yaml", pipeline=sales)
    with (folder / "products.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            product = Product.objects.filter(name=row["product"]).first()
            if product is not None:
                price = Decimal(row["sales_price"])
                change_product(None, product, name=product.name, price=price, currency="USD")
    return sales


def load_bpi2012(folder: Path) -> Pipeline:
    """The loan applications of BPI Challenge 2012, with the changes of stage of the main line."""
    _organise("EUR", "NL")
    loans = _pipeline("Loans", LOANS)
    _import(folder / "cases_first80.csv.gz", "leads", "bpi2012-cases.yaml", pipeline=loans)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "changes.csv"
        with (
            gzip.open(folder / "events_first80.csv.gz", "rt", newline="") as events,
            path.open("w", newline="") as file,
        ):
            reader = csv.DictReader(events)
            writer = csv.DictWriter(file, reader.fieldnames or [])
            writer.writeheader()
            writer.writerows(
                row for row in reader if row["activity"] in LOANS and row["lifecycle"] == "COMPLETE"
            )
        _import(path, "stage-changes", "bpi2012-events.yaml")
    return loans


SETS: Mapping[str, Callable[[Path], Pipeline]] = {
    "bpi2012": load_bpi2012,
    "maven-crm": load_maven,
}
"""Each set by the name of its folder."""


def _organise(currency: str, country: str) -> None:
    Organisation.objects.update_or_create(
        id=1, defaults={"name": "Back-test", "currency": currency, "country": country}
    )


def _pipeline(name: str, stages: Mapping[str, str | None]) -> Pipeline:
    design = Design.model_validate(
        {
            "stages": [
                {"key": stage.lower(), "name": {"en": stage, "nl": stage}, "ends_in": ends}
                for stage, ends in stages.items()
            ]
        }
    )
    made = make_pipeline(None, name=name, design=design)
    publish_pipeline(None, made)
    made.refresh_from_db()
    return made


def _import(path: Path, kind: str, map_name: str, *, pipeline: Pipeline | None = None) -> None:
    mapping = read_map((MAPS / map_name).read_text())
    run = ImportRun(
        kind=kind,
        file=str(path),
        file_name=path.name,
        mapping=mapping.model_dump(by_alias=True, exclude_none=True),
        pipeline=pipeline,
    )
    done = run_import(run)
    if done.refused:
        raise RuntimeError(f"{path.name}: {done.refused} rows were refused")
