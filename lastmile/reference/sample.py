"""A plausible value for every field of an event: the first draft of its golden file."""

from collections.abc import Mapping
from typing import Any

from lastmile.reference.shapes import Schema

_KNOWN: Mapping[str, Any] = {
    "accept_by": "2026-03-02T03:30:00Z",
    "actor": "staff:s-01",
    "address": "wecom:qinghe-3",
    "at": "2026-03-02T01:30:00Z",
    "because": "019582b0-7c11-7e3a-9d55-0f3c8a6b2d10",
    "box": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "building": "青禾路6弄1号",
    "caller": "staff:s-01",
    "category": "streetlight",
    "channel": "sms",
    "code": "3F7K9Q2M5RTXH",
    "confirmed_on": "2026-03-01",
    "community": "wutongli",
    "due_at": "2026-03-04T09:30:00Z",
    "due_on": "2026-03-20",
    "fingerprint": "9b74c9897bac770ffc029102a200c5de",
    "from_worker": "w-shen-guoqiang",
    "gateway": "sandbox",
    "grid": "WT-01",
    "holder": "worker:w-chen-guilan",
    "instead": "请拨打电力服务热线",
    "key": "019582b0-1f00-7a44-8c21-5be0a9d3c7f4-17",
    "lat": 31.2304,
    "lon": 121.4737,
    "month": "2026-03",
    "office": "民政办",
    "picture": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.019582b0-1f00-7a44-8c21-5be0a9d3c7f4-18",
    "plan": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "purpose": "回访居民",
    "recipient": "worker:w-chen-guilan",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "daily_at": "18:00",
    "reference": "sandbox-42",
    "request": "5b0f6c1e-7c0c-5a1d-8a35-2d3c0f6f3f11",
    "keeper": "staff:s-01",
    "starter": "staff:s-01",
    "template": "request_assigned",
    "worker": "w-chen-guilan",
}


def sample(schema: Schema, *, definitions: Schema | None = None, name: str = "") -> Any:
    """Return a value that fills every field, optional ones included. Numbers are the smallest allowed ones."""
    definitions = definitions if definitions is not None else schema.get("$defs", {})
    if "$ref" in schema:
        return sample(definitions[schema["$ref"].rpartition("/")[2]], definitions=definitions, name=name)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], definitions=definitions, name=name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            if not fields:
                return {"code": "3F7K9Q2M5RTXH"}
            return {key: sample(value, definitions=definitions, name=key) for key, value in fields.items()}
        case "array":
            return [sample(schema.get("items", {}), definitions=definitions, name=name.removesuffix("s"))]
        case "boolean":
            return True
        case "integer" | "number" as kind:
            least = _KNOWN.get(name, schema.get("minimum", 1))
            return int(least) if kind == "integer" else float(least)
        case _:
            moments = {"date-time": "2026-03-02T01:30:00Z", "date": "2026-03-02"}
            return _KNOWN.get(name, moments.get(schema.get("format", ""), name or "text"))
