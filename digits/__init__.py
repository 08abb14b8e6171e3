"""The recogniser as a command: python -m digits recognise FILE..."""

from digits.recognise import FoundFile, Reading, find_pictures, read_pictures

__all__ = ["FoundFile", "Reading", "find_pictures", "read_pictures"]
