"""What is logged, and how: one line of `key=value` an entry, with request ids, without people."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# An address on the network and a browser's name point at a person; a search may hold a name.
ABOUT_PEOPLE = ("ip", "user_agent")
KEY_ORDER = ["timestamp", "level", "event", "request", "code"]


def logging_settings(*, requests: bool) -> dict[str, Any]:
    """Set up structlog; Django's `LOGGING`. With `requests`, each request and job is an entry."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            _without_people,
            *_stamped(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [structlog.contextvars.merge_contextvars, *_stamped()],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.LogfmtRenderer(key_order=KEY_ORDER, drop_missing=True),
                ],
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "cadans": {"level": "INFO"},
            # Django says it of each 4xx and 5xx, and so does the middleware, with more.
            "django.request": {"level": "ERROR"},
            "django_structlog": {"level": "INFO" if requests else "ERROR"},
            "procrastinate": {"level": "INFO" if requests else "WARNING"},
        },
    }


def _stamped() -> list[Any]:
    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _without_people(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    for name in ABOUT_PEOPLE:
        entry.pop(name, None)
    if "request" in entry:
        entry["request"] = str(entry["request"]).partition("?")[0]
    return entry


REFUSED = logging.INFO
"""At which level a request is logged that was refused (4xx): nothing is wrong with us then."""
