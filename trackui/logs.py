"""Log lines: one line of JSON each, whatever text of a client is in them."""

import json
import logging


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)  # escapes control characters and what is not ASCII


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers would mail errors to administrators that there are none of.
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # A refused request is no event of ours: RequestLog tells of it where that is wanted.
        "django.request": {"level": "ERROR"},
    },
}
