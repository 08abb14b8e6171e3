"""The recogniser, and how it is trained. What is named here needs no TensorFlow."""

from model.artifact import ModelFileError
from model.recogniser import Recogniser, Recognition

__all__ = ["ModelFileError", "Recogniser", "Recognition"]
