"""What a webhook can be told of, and what such a message holds. The names are the protocol's, and two of our own."""

RUN_FINISHED = "RUN.FINISHED"
STAGE_MOVED = "MODEL_VERSION_STAGE.MOVED"
# Of our own: the protocol has no words for them.
BEYOND_THE_PROTOCOL = {RUN_FINISHED, STAGE_MOVED}

# Each with what a person reads.
EVENTS = {
    RUN_FINISHED: "A run has ended",
    "REGISTERED_MODEL.CREATED": "A model is registered",
    "MODEL_VERSION.CREATED": "A version is created",
    STAGE_MOVED: "A version moves to another stage",
    "MODEL_VERSION_ALIAS.CREATED": "An alias is set",
    "MODEL_VERSION_ALIAS.DELETED": "An alias is deleted",
    "MODEL_VERSION_TAG.SET": "A version's tag is set",
    "MODEL_VERSION_TAG.DELETED": "A version's tag is deleted",
    "PROMPT.CREATED": "A prompt is registered",
    "PROMPT_VERSION.CREATED": "A prompt's version is created",
    "PROMPT_ALIAS.CREATED": "A prompt's alias is set",
    "PROMPT_ALIAS.DELETED": "A prompt's alias is deleted",
    "PROMPT_TAG.SET": "A prompt's tag is set",
    "PROMPT_TAG.DELETED": "A prompt's tag is deleted",
    "PROMPT_VERSION_TAG.SET": "A prompt version's tag is set",
    "PROMPT_VERSION_TAG.DELETED": "A prompt version's tag is deleted",
    # Clients may ask for it. Budgets are not kept here, so it never happens.
    "BUDGET_POLICY.EXCEEDED": "A budget is exceeded",
}
GROUPS = {
    "Runs": [RUN_FINISHED],
    "Models": [name for name in EVENTS if name.startswith(("REGISTERED_MODEL", "MODEL_VERSION"))],
    "Prompts": [name for name in EVENTS if name.startswith("PROMPT")],
}

_NAME, _VERSION = {"name": "example-model"}, {"name": "example-model", "version": "1"}
_PROMPT, _PROMPT_VERSION = {"name": "example-prompt"}, {"name": "example-prompt", "version": "1"}
_TAG, _KEY = {"key": "example-key", "value": "example-value"}, {"key": "example-key"}
_NEW = {"tags": {"example-key": "example-value"}, "description": "An example"}
# The data of a test's message. The shapes are those of the messages that are sent.
EXAMPLES = {
    RUN_FINISHED: {
        "run_id": "0123456789abcdef0123456789abcdef",
        "experiment_id": "0",
        "name": "example-run",
        "user_id": "",
        "status": "FINISHED",
        "start_time": 1_700_000_000_000,
        "end_time": 1_700_000_060_000,
        "path": "/runs/0123456789abcdef0123456789abcdef/",
        "metrics": {"accuracy": 0.93},
        "params": {"lr": "0.001"},
    },
    "REGISTERED_MODEL.CREATED": _NAME | _NEW,
    "MODEL_VERSION.CREATED": _VERSION | _NEW | {"source": "models:/m-0123456789abcdef", "run_id": "example-run-id"},
    STAGE_MOVED: _VERSION | {"from": "Staging", "to": "Production", "note": "An example"},
    "MODEL_VERSION_ALIAS.CREATED": _VERSION | {"alias": "example-alias"},
    "MODEL_VERSION_ALIAS.DELETED": _NAME | {"alias": "example-alias"},
    "MODEL_VERSION_TAG.SET": _VERSION | _TAG,
    "MODEL_VERSION_TAG.DELETED": _VERSION | _KEY,
    "PROMPT.CREATED": _PROMPT | _NEW,
    "PROMPT_VERSION.CREATED": _PROMPT_VERSION | _NEW | {"template": "Tell {{name}}"},
    "PROMPT_ALIAS.CREATED": _PROMPT_VERSION | {"alias": "example-alias"},
    "PROMPT_ALIAS.DELETED": _PROMPT | {"alias": "example-alias"},
    "PROMPT_TAG.SET": _PROMPT | _TAG,
    "PROMPT_TAG.DELETED": _PROMPT | _KEY,
    "PROMPT_VERSION_TAG.SET": _PROMPT_VERSION | _TAG,
    "PROMPT_VERSION_TAG.DELETED": _PROMPT_VERSION | _KEY,
    "BUDGET_POLICY.EXCEEDED": {"budget_policy_id": "example-policy", "current_spend": 105.5, "budget_amount": 100.0},
}


def event_name(entity: str, action: str) -> str:
    return f"{entity}.{action}".upper()
