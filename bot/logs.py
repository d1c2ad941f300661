"""Structured logs: one event a line, without what members write. Colour on a terminal, JSON elsewhere."""

from __future__ import annotations

import contextlib
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


class _StandardError:
    """Standard error, whose full disk silences the log and does not end the program: what matters is in the tables."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()


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
        logger_factory=structlog.PrintLoggerFactory(_StandardError()),  # type: ignore[arg-type]
    )
    # Libraries speak when something is wrong; APScheduler would otherwise report every tick.
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)
