"""The log, as text for people or, with DIGITS_LOG=json, as one JSON object a line. It holds no drawing."""

import json
import logging
import os
from datetime import UTC, datetime

__all__ = ["JsonFormatter", "set_up_log"]

LINE = "%(levelname)s %(name)s: %(message)s"
MAX_MESSAGE_CHARS = 2000  # an error may quote what was sent


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message and traceback as one object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[:MAX_MESSAGE_CHARS],
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up_log() -> None:
    """Log to standard error in the form that DIGITS_LOG names."""
    handler = logging.StreamHandler()
    is_json = os.environ.get("DIGITS_LOG", "").lower() == "json"
    handler.setFormatter(JsonFormatter() if is_json else logging.Formatter(LINE))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
