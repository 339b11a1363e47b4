"""The form of a log line: JSON, and never what a person typed.

The text of an exception quotes values (`DETAIL: Key (name)=(…)`, `invalid
literal …`), so a log keeps its type and the places in the code and leaves the
text out. The text is kept where access is controlled: beside the job, the
beat or the follower in the database.
"""

import logging
import traceback
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter as PlainFormatter

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class JsonFormatter(PlainFormatter):
    """Formats a record as one JSON object; `quote=True` keeps the text of exceptions (for debugging)."""

    def __init__(self, *arguments: object, quote: bool = False, **options: object):
        super().__init__(*arguments, **options)
        self.quote = quote

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (logging's own name)
        """Write types and places of an exception and of what caused it."""
        if self.quote:
            return super().formatException(ei)
        parts: list[str] = []
        trouble: BaseException | None = ei[1]
        while trouble is not None:
            frames = traceback.extract_tb(trouble.__traceback__)
            parts.append(
                f"{type(trouble).__module__}.{type(trouble).__qualname__} at "
                + " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
            )
            trouble = trouble.__cause__ or trouble.__context__
        return " | because of ".join(parts)


class LeaveOutRequest(logging.Filter):
    """Drops Django's request object from a record: it would be printed with its address and query.

    The path is typed as well, and may hold anything where no page is. Instead
    of it stands the pattern of the page: `desk/people/<uuid:key>/`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, without what is personal in it."""
        request = record.__dict__.pop("request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            page = match.route if match else "no such page"
            typed = request.path.encode("unicode_escape").decode("ascii")
            record.args = tuple(
                page if one in (typed, request.path) else one for one in record.args
            )
        return True
