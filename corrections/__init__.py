"""What people say the model got wrong: kept with their consent, exported, learnt from, forgotten.

- `record`: one correction, and its form as text
- `journal`: an append-only file that survives kill -9, power cuts and full disks
- `store`: corrections in a journal: bounded, each once
- `archive`: corrections as files that others read
- `hub`: their way to a data set on the Hub
"""

from corrections.journal import JournalError, JournalFull
from corrections.record import Correction, png_bytes
from corrections.store import CorrectionStore, default_folder

__all__ = ["Correction", "CorrectionStore", "JournalError", "JournalFull", "default_folder", "png_bytes"]
