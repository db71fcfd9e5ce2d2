"""What the generated schema is told besides: each address may answer with a problem."""

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}
ANSWERS = {
    "400": "条件有误",
    "404": "没有这一页或这个案例",
    "414": "网址太长",
    "429": "请求太频繁，Retry-After 秒后再试",
}


def add_problems(result: dict, generator, request, public) -> dict:
    """Add problem details (RFC 9457) to the answers of each operation; drf-spectacular calls this.

    Patterns of slugs go: Python's are Chinese, too, and in JSON Schema the same words mean ASCII.
    """
    for part in result["components"]["schemas"].values():
        for field in part.get("properties", {}).values():
            field.pop("pattern", None)
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in result["paths"].values():
        for operation in methods.values():
            for status, words in ANSWERS.items():
                operation["responses"].setdefault(status, {"description": words, "content": content})
            # The web server refuses what is longer than it reads, in its own words.
            operation["responses"]["414"] = {
                "description": "网址太长",
                "content": content | {"text/html": {"schema": {"type": "string"}}},
            }
    return result
