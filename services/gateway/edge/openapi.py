"""One OpenAPI 3.1 document for the whole API: the services' own documents, put together. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_REF = "#/components/schemas/"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NOT_PUBLIC = ("/internal", "/metrics", "/health")

_DESCRIPTION = (
    "Cổng API của hệ thống một cửa cấp tỉnh: danh mục thủ tục, hồ sơ, thanh toán, định danh, liên thông "
    "với Cổng Dịch vụ công quốc gia."
)
_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "POST /v1/auth/token",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "motcua_session",
        "description": "GET /v1/auth/login",
    },
}


def merged(documents: Mapping[str, Mapping[str, Any]], public_url: str) -> dict[str, Any]:
    """`documents`: service → its document. Schemas of one name and different content get the service's
    name before their own; so do operation ids."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    operations: set[str] = set()
    for service, document in documents.items():
        own = _without_internal(document)
        renames = _collisions(service, own["components"]["schemas"], schemas)
        own = _renamed(own, renames)
        for operation in _operations(own["paths"]):
            if operation.get("operationId") in operations:
                operation["operationId"] = f"{service}_{operation['operationId']}"
            operations.add(str(operation.get("operationId")))
        for path, item in own["paths"].items():
            paths.setdefault(path, {}).update(item)
        schemas.update(own["components"]["schemas"])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Motcua", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": public_url}],
        "security": [{}, {"bearer": []}, {"session": []}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY},
    }


def _without_internal(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is public, with the schemas that it needs and no others. A copy."""
    copied: dict[str, Any] = json.loads(json.dumps(document))
    paths = {p: item for p, item in copied.get("paths", {}).items() if not p.startswith(_NOT_PUBLIC)}
    all_schemas: dict[str, Any] = copied.get("components", {}).get("schemas", {})
    needed: set[str] = set()
    new = _references(paths)
    while new:
        needed |= new
        new = {r for name in new for r in _references(all_schemas.get(name, {}))} - needed
    schemas = {name: all_schemas[name] for name in sorted(needed) if name in all_schemas}
    return {"paths": paths, "components": {"schemas": schemas}}


def _references(part: Any) -> set[str]:
    return set(re.findall(re.escape(_REF) + r"([^\"/]+)", json.dumps(part)))


def _collisions(service: str, own: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, str]:
    """Old name → new name. A schema that refers to a renamed one differs from its namesake too."""
    renames: dict[str, str] = {}
    changed = True
    while changed:
        changed = False
        for name, schema in own.items():
            if name in renames or name not in known:
                continue
            if schema != known[name] or _references(schema) & renames.keys():
                renames[name] = f"{service.capitalize()}{name}"
                changed = True
    return renames


def _renamed(document: dict[str, Any], renames: Mapping[str, str]) -> dict[str, Any]:
    if not renames:
        return document
    text = re.sub(
        re.escape(_REF) + r"([^\"/]+)",
        lambda match: _REF + renames.get(match[1], match[1]),
        json.dumps(document),
    )
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {renames.get(name, name): s for name, s in schemas.items()}
    return renamed


def _operations(paths: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [item[method] for item in paths.values() for method in _METHODS if method in item]
