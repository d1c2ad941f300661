"""Structured logs: one event a line, without what members write. Colour on a terminal, JSON elsewhere."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.terminal import harmless


def _without_harm(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Names and errors come from others: none of them may begin a line of its own or move the cursor.

    Tracebacks are ours and keep their lines.
    """
    return {
        key: "\n".join(map(harmless, value.split("\n")))
        if key == "exception"
        else harmless(value)
        if isinstance(value, str)
        else value
        for key, value in event.items()
    }


def set_up_logs(level: str) -> None:
    """Log to standard error from this level on."""
    number = logging.getLevelNamesMapping()[level]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_harm,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries speak when something is wrong; APScheduler would otherwise report every tick.
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)
