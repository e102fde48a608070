"""What a webhook can be told of. The names are the protocol's, and two of our own."""

RUN_FINISHED = "RUN.FINISHED"
STAGE_MOVED = "MODEL_VERSION_STAGE.MOVED"

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
    "PROMPT_VERSION.CREATED": "A version of a prompt is created",
    "PROMPT_ALIAS.CREATED": "A prompt's alias is set",
    "PROMPT_ALIAS.DELETED": "A prompt's alias is deleted",
    "PROMPT_TAG.SET": "A prompt's tag is set",
    "PROMPT_TAG.DELETED": "A prompt's tag is deleted",
    "PROMPT_VERSION_TAG.SET": "A tag of a prompt's version is set",
    "PROMPT_VERSION_TAG.DELETED": "A tag of a prompt's version is deleted",
    "BUDGET_POLICY.EXCEEDED": "A budget is exceeded (budgets are not kept here: it never happens)",
}


def event_name(entity: str, action: str) -> str:
    return f"{entity}.{action}".upper()
