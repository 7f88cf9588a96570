"""A JSON Schema of flow files, from the node types themselves, so that an ordinary editor completes and checks them."""

from typing import Any

from ivr.checkdigit import KINDS
from ivr.flow import (
    KEYS,
    NODE_TYPES,
    Answered,
    CalendarName,
    CheckDigit,
    Desk,
    Fact,
    Key,
    Language,
    Mark,
    Node,
    Prompt,
    Queue,
    Seconds,
    Service,
    Share,
    SubflowName,
    WebPath,
)
from ivr.settingtypes import MARKS, settings_of

DURATION = {
    "type": "string",
    "pattern": r"^(?=.)([0-9]{1,9}m)?([0-9]{1,9}(\.[0-9]{1,9})?s)?([0-9]{1,9}ms)?$",
    "description": "2s, 500ms, 1m30s",
}
NAME = {"type": "string", "pattern": r"^[\w-]+$"}
TARGET = {"type": "string", "pattern": r"^(return\.)?[\w-]+$"}
PROMPT = {"type": "string", "pattern": r"^[\w/-]+$", "description": "the id of a prompt in ivr/prompts"}
TYPES: dict[Any, dict[str, Any]] = {
    Prompt: PROMPT,
    Seconds: DURATION,
    Share: {"type": "string", "pattern": "^[0-9]{1,3}%$", "description": "80%"},
    Queue: {**NAME, "description": "a queue of asterisk/conf/queues.conf"},
    CalendarName: {**NAME, "description": "a file of ivr/flows/calendars, without .yaml"},
    Desk: {**NAME, "description": "an extension of [desks] in asterisk/conf/extensions.conf"},
    Fact: {**NAME, "description": "a fact of the call"},
    Language: {**NAME, "description": "a language of ivr/prompts: zh, en"},
    SubflowName: {**NAME, "description": "a file of ivr/flows/subflows, without .yaml"},
    Service: {**NAME, "description": "a service of the setting services"},
    WebPath: {"type": "string", "pattern": "^/", "description": "/policies/{card}: facts stand in braces"},
    Answered: {
        "type": "object",
        "propertyNames": NAME,
        "additionalProperties": {"type": "string", "pattern": r"^[\w-]+(\.[\w-]+)*$"},
        "description": "facts, each with where it stands in the answer: {tariff: policy.tariff}",
    },
    Key: {"enum": sorted(KEYS)},
    CheckDigit: {"enum": list(KINDS)},
    Mark: {"enum": list(MARKS)},
    int: {"type": "integer", "minimum": 1, "maximum": 1000},
    bool: {"enum": ["yes", "no", "true", "false", True, False]},
    str: {"type": "string"},
}
"""How the types of settings are written."""


def schema(queues: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The schema (draft 2020-12); with `queues`, only those may be named."""
    nodes = {name: _node(kind, queues) for name, kind in sorted(NODE_TYPES.items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A call flow of the hotline",
        "type": "object",
        "required": ["start", "nodes"],
        "oneOf": [{"required": ["flow", "always"]}, {"required": ["subflow"], "not": {"required": ["always"]}}],
        "additionalProperties": False,
        "properties": {
            "flow": {**NAME, "description": "the flow's name, as records show it"},
            "subflow": {**NAME, "description": "the subflow's name, as its file is called"},
            "start": {**NAME, "description": "the node a call begins with"},
            "about": {"type": "string", "description": "free text for people"},
            "always": _object({"failed": NAME, "line_noisy": NAME}, ["failed"]),
            "limits": _object({"person": DURATION, "end": DURATION}, []),
            "nodes": {
                "type": "object",
                "propertyNames": {**NAME, "not": {"const": "end"}},
                "additionalProperties": {
                    "type": "object",
                    "required": ["type"],
                    "properties": {"type": {"enum": list(nodes)}},
                    "allOf": [
                        {"if": {"properties": {"type": {"const": name}}}, "then": node} for name, node in nodes.items()
                    ],
                },
            },
        },
    }


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _node(kind: type[Node], queues: frozenset[str]) -> dict[str, Any]:
    settings = {name: one for name, one in settings_of(kind).items() if name != "choices"}
    properties = {name: _value(one.type, queues) for name, one in settings.items()}
    required = [name for name, one in settings.items() if one.required]
    leads = [*kind.outcomes, "failed", *(sorted(KEYS) if kind.keys_lead else ())]
    needed = [outcome for outcome in kind.outcomes if outcome not in kind.instead]
    then = _object(dict.fromkeys(leads, TARGET), needed)
    then["additionalProperties"] = TARGET if kind.values_lead else False
    told = (kind.__doc__ or "").strip().split("\n")[0]
    return {
        "description": told,
        **_object(
            {"type": {"const": kind.type, "description": told}, **properties, "then": then},
            [*required, *(["then"] if needed or kind.keys_lead else [])],
        ),
    }


def _value(kind: Any, queues: frozenset[str]) -> dict[str, Any]:  # noqa: ANN401 - a type as get_type_hints gives it
    return {"enum": sorted(queues)} if kind is Queue and queues else TYPES[kind]
