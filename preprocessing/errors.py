"""What can be wrong with a drawing.

    ValueError
    └── DrawingError          root: catch this to catch all of them
        ├── BlankDrawing      nothing is drawn
        ├── UnreadablePicture not a picture of a kind that this package reads
        └── PictureTooLarge   more pixels than MAX_PICTURE_PIXELS

Each class carries ``key``, the name under which ``assets/translations`` holds the sentence for people.
"""

__all__ = ["BlankDrawing", "DrawingError", "PictureTooLarge", "UnreadablePicture"]


class DrawingError(ValueError):
    """Root of what this package raises about a drawing."""

    key = "error.drawing"


class BlankDrawing(DrawingError):
    """Nothing is drawn: no ink on any layer, or a picture of one plain colour."""

    key = "error.blank"


class UnreadablePicture(DrawingError):
    """The value is not a picture that this package knows how to read."""

    key = "error.unreadable"


class PictureTooLarge(DrawingError):
    """The picture has more pixels than this package is willing to work on."""

    key = "error.too_large"
