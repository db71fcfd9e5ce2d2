"""The page that explains the API, made from its schema; and what machine readers are told first (llms.txt)."""

from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from cases.models import Category, Collection
from cases.search.bitmaps import Counts


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    context = {
        "operations": operations(),
        "rate": settings.API_RATE,
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "public/api.html", context)


@lru_cache(maxsize=1)
def operations() -> tuple[dict, ...]:
    """Each address with its summary, parameters and the fields of its answer; the same for all requests."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return tuple(_operations(schema))


def _operations(schema: dict) -> Iterator[dict]:
    for path, methods in schema["paths"].items():
        operation = methods["get"]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        found = resolved(answer, schema)
        if "items" in (results := found.get("properties", {}).get("results", {})):  # a page of a list
            found = resolved(results["items"], schema)
        yield {
            "path": path,
            "summary": operation.get("summary", ""),
            "parameters": [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"],
            "fields": [
                {
                    "name": name,
                    "type": kind_of(field),
                    "description": field.get("description") or field.get("title", ""),
                }
                for name, field in found.get("properties", {}).items()
            ],
        }


def resolved(part: dict, schema: dict) -> dict:
    """What a ``$ref`` stands for."""
    while "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def kind_of(field: dict) -> str:
    kind = field.get("type") or "object"
    return "、".join(kind) if isinstance(kind, list) else str(kind)


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """/llms.txt: what the site is, and where its texts stand as Markdown and data."""
    counts = Counts()
    context = {
        "site": request.build_absolute_uri("/").rstrip("/"),
        "total": len(counts.visible),
        "collections": counts.with_cases(Collection.objects.all()),
        "categories": counts.with_cases(Category.objects.all()),
        "licence_name": settings.LICENCE_NAME,
    }
    return render(request, "public/llms.txt", context, content_type="text/plain; charset=utf-8")
