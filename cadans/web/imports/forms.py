"""The forms of an import: which file, and how its columns are to be read."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadans.exchange.columns import COLUMNS, CUSTOM
from cadans.exchange.mapping import MADE_UNASKED, Mapping
from cadans.exchange.models import ImportRun, Kind
from cadans.exchange.queries import Glimpse
from cadans.exchange.tables import LARGEST_UPLOAD
from cadans.process.models import Pipeline
from cadans.web.imports import words

MOST_STAGES = 60


class FileForm(forms.Form):
    """Which file, and what a row of it is."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, with the names of the columns in the first row."),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.tsv,.txt,.xlsx"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is in it?"),
        choices=words.KINDS,
        initial=Kind.LEADS,
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is looked at."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(
                _("The file is too large: at most %(megabytes)d MB.")
                % {"megabytes": LARGEST_UPLOAD // 1024 // 1024}
            )
        return file


class MappingForm(forms.Form):
    """For each of our columns, which column of the file holds it; and how to read it.

    Fields are called `column:<ours>`; those of stages to exchange `stage:<n>`. What a map says
    beyond the choice of a column (values to exchange, constants) is kept.
    """

    pipeline = forms.ModelChoiceField(
        Pipeline.objects.live(),
        label=gettext_lazy("Pipeline"),
        required=False,
        empty_label=gettext_lazy("The one for new leads"),
        help_text=gettext_lazy("For rows that name none."),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("How dates are written"), choices=words.DATES, required=False
    )
    decimals = forms.ChoiceField(
        label=gettext_lazy("The decimal sign"), choices=words.DECIMALS, required=False
    )
    make = forms.MultipleChoiceField(
        label=gettext_lazy("Make what is not known yet"),
        choices=list(words.MADE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Rows that name something unknown of another kind are refused."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        run: ImportRun,
        glimpse: Glimpse,
        mapping: Mapping,
    ) -> None:
        super().__init__(
            data,
            initial={
                "pipeline": run.pipeline_id,
                "make": run.options.get("make", list(MADE_UNASKED)),
                "dates": run.options.get("dates", ""),
                "decimals": run.options.get("decimals", ""),
            },
        )
        self.kind = run.kind
        self.mapping = mapping
        self.glimpse = glimpse
        choices = [("", "–"), *((name, name) for name in glimpse.headers if name)]
        for name in self._names():
            origin = mapping.columns.get(name)
            self.fields[f"column:{name}"] = forms.ChoiceField(
                label=words.COLUMNS.get(name, name.removeprefix(CUSTOM)),
                choices=choices,
                required=False,
                initial=origin.from_ if origin else "",
            )
        self.stages = list(run.findings.get("stages", {}))[:MOST_STAGES]
        if self.stages:
            known = [("", _("Refuse its rows")), *self._known_stages(run)]
            for number, stage in enumerate(self.stages):
                self.fields[f"stage:{number}"] = forms.ChoiceField(
                    label=stage, choices=known, required=False
                )
        if run.kind not in {Kind.LEADS}:
            del self.fields["pipeline"]
        if run.kind in {Kind.PEOPLE, Kind.COMPANIES}:
            del self.fields["make"]

    @property
    def columns(self) -> list[tuple[BoundField, str]]:
        """The fields of our columns, each with examples of what the file has there."""
        rows = []
        for name in self._names():
            field = self[f"column:{name}"]
            header = field.value() or ""
            known = header in self.glimpse.headers
            rows.append((field, self.glimpse.examples(header) if known else ""))
        return rows

    @property
    def stage_fields(self) -> list[BoundField]:
        """The fields in which unknown stages are exchanged for ours."""
        return [self[f"stage:{number}"] for number in range(len(self.stages))]

    def chosen_mapping(self) -> MappingOf[str, Any]:
        """The map as chosen, in plain data."""
        columns: dict[str, Any] = {}
        for name in self._names():
            header = self.cleaned_data[f"column:{name}"]
            before = self.mapping.columns.get(name)
            if header:
                origin = before.model_dump(by_alias=True, exclude_none=True) if before else {}
                values = origin.get("values", {}) if origin.get("from") == header else {}
                columns[name] = {"from": header, **({"values": values} if values else {})}
            elif before and before.constant is not None:
                columns[name] = before.model_dump(by_alias=True, exclude_none=True)
        exchanged = {
            stage: self.cleaned_data[f"stage:{number}"]
            for number, stage in enumerate(self.stages)
            if self.cleaned_data[f"stage:{number}"]
        }
        if exchanged and "stage" in columns:
            columns["stage"]["values"] = {**columns["stage"].get("values", {}), **exchanged}
        return {"columns": columns}

    def chosen_options(self) -> dict[str, Any]:
        """What was chosen besides."""
        return {
            name: self.cleaned_data[name]
            for name in ("dates", "decimals", "make")
            if name in self.cleaned_data
        }

    def _names(self) -> list[str]:
        own = [name for name in self.mapping.columns if name.startswith(CUSTOM)]
        return [*COLUMNS[self.kind], *own]

    @staticmethod
    def _known_stages(run: ImportRun) -> list[tuple[str, str]]:
        pipelines = Pipeline.objects.live().prefetch_related("stages")
        if run.pipeline_id:
            pipelines = pipelines.filter(id=run.pipeline_id)
        elif run.kind == Kind.LEADS and "pipeline" not in run.mapping.get("columns", {}):
            pipelines = pipelines.order_by("-is_default", "position", "name")[:1]
        return [
            (stage.key, f"{pipeline.name}: {stage.label}")
            for pipeline in pipelines
            for stage in pipeline.stages.all()
            if stage.retired_at is None
        ]
