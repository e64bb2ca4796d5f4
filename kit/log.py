"""JSON lines on standard output. Nothing personal goes in: events have names and references only."""

from __future__ import annotations

import logging
import sys

import structlog


def _answered(record: logging.LogRecord) -> bool:
    """Not uvicorn's line of what an application raised: that has been logged where it was answered."""
    return not str(record.msg).startswith("Exception in ASGI application")


def configure(service: str) -> None:
    """Ours and those of libraries, in the same shape; of libraries warnings, and what uvicorn says of its
    start and end."""
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: list[structlog.typing.Processor] = [
        # Without local variables: they hold tokens and personal data.
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
        ),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
            foreign_pre_chain=[*common, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.setLevel(logging.INFO)
    uvicorn.addFilter(_answered)
    structlog.configure(processors=[*common, *rendered], cache_logger_on_first_use=False)
    structlog.contextvars.bind_contextvars(service=service)
