"""The recogniser as a command: python -m digits recognise FILE..."""

from digits.files import FoundFile, Reading, find_pictures
from digits.recognise import read_pictures

__all__ = ["FoundFile", "Reading", "find_pictures", "read_pictures"]
