"""The playbook format as a JSON Schema: for editors, and for saying what a field may be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


class _AsWritten(GenerateJsonSchema):
    """Without titles that only repeat a field's name, which editors would show."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def schema_of(model: type[BaseModel]) -> Schema:
    """The JSON Schema of what a file of that model may say."""
    made = model.model_json_schema(
        by_alias=True, mode="validation", schema_generator=_AsWritten, union_format="any_of"
    )
    for shape in [made, *made["$defs"].values()]:
        shape.pop("title", None)
        for name, field in shape.get("properties", {}).items():
            _tidy(shape, name, field)
    made["properties"]["stages"] = made["properties"].pop("stages")
    return {"$schema": DIALECT, **made}


def _tidy(shape: Schema, name: str, field: Schema) -> None:
    if "const" in field and name == "kind":
        # It says which of the alternatives is meant, so it is always written.
        shape["required"] = [name, *shape.get("required", [])]
        field.pop("default", None)
        field["description"] = shape.get("description", "")
    if field.get("default", ...) is None:
        del field["default"]
    if "propertyNames" in field:
        languages = field.pop("propertyNames")["enum"]
        each = field["additionalProperties"]
        field["properties"] = {one: dict(each) for one in languages}
        field["additionalProperties"] = False


def fields_at(model: type[BaseModel], pointer: str, document: Any) -> list[str]:
    """The names of the fields that the group at a JSON pointer of a document may have."""
    root = schema_of(model)
    shapes = [root]
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        inner = [one for shape in shapes for one in _inner(shape, name)]
        value = _inside(value, name)
        shapes = [one for shape in inner for one in _meant(root, shape, value)]
    return list(dict.fromkeys(name for shape in shapes for name in _names(shape)))


def _names(shape: Schema) -> Iterator[str]:
    yield from shape.get("properties", {})


def _inner(shape: Schema, name: str) -> Iterator[Schema]:
    if name in shape.get("properties", {}):
        yield shape["properties"][name]
    if isinstance(shape.get("items"), dict):
        yield shape["items"]


def _inside(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list) and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    return None


def _meant(root: Schema, shape: Schema, value: Any) -> Iterator[Schema]:
    """The shape behind references, and of alternatives those that the value may be meant as."""
    if "$ref" in shape:
        shape = root["$defs"][shape["$ref"].rpartition("/")[2]]
    options = shape.get("oneOf") or shape.get("anyOf")
    if not options:
        yield shape
        return
    found = [one for option in options for one in _meant(root, option, value)]
    kind = value.get("kind") if isinstance(value, Mapping) else None
    of_kind = [one for one in found if _kind_of(one) == kind and kind is not None]
    if not of_kind and isinstance(value, Mapping) and not any(_kind_of(one) for one in found):
        best = max((len(value.keys() & set(_names(one))) for one in found), default=0)
        of_kind = [one for one in found if len(value.keys() & set(_names(one))) == best]
    yield from of_kind or found


def _kind_of(shape: Schema) -> Any:
    return shape.get("properties", {}).get("kind", {}).get("const")
