"""Drawings that are no digit: letters, shapes, scribbles, dots and several digits at once.

The recogniser learns from them when to say that a drawing does not look like a digit. Letters come from the
Hershey fonts (A. V. Hershey 1967, public domain), which are made of strokes. Letters that people write just
as they write a digit are left out: nobody could tell them apart.
"""

from functools import cache

import numpy as np
from HersheyFonts import HersheyFonts

from model.habits import SHAPES, write_digit
from model.strokes import Strokes, deform, fit_unit_box, smooth

__all__ = ["HELD_OUT_FACES", "TRAINING_FACES", "draw_letter", "draw_scribble", "letters_of"]

TRAINING_FACES = ("futural", "futuram", "cursive", "scriptc", "timesi", "gothiceng", "japanese")
HELD_OUT_FACES = ("rowmans", "scripts", "rowmand")  # judge the result, never trained on
LETTERS = "ACDEFGHJKLMNPRTUVWXYadefhkmnprtuvwxy&@#%$?!=+*{}<>"  # without OoQ0 Il1| Zz2 Ss5 Bb8 6G gq9 ...
DIGIT_LIKE = set("DGTYtfryhJCcunvULe?!")  # near enough to a digit that only half of them are shown


def draw_scribble(rng: np.random.Generator) -> Strokes:
    """Draw something at random that is no digit, in the unit box."""
    kinds = (_letter, _shape, _curve, _tangle, _dots, _several_digits)
    shares = (0.46, 0.18, 0.1, 0.1, 0.03, 0.13)
    return fit_unit_box(kinds[rng.choice(len(kinds), p=shares)](rng))


def draw_letter(face: str, letter: str) -> Strokes:
    """Return the strokes of a Hershey letter in the unit box."""
    return fit_unit_box([stroke.copy() for stroke in _face(face)[letter]])


def letters_of(face: str) -> list[str]:
    """Return the letters of a face that nobody takes for a digit."""
    known = _face(face)
    return sorted(known) if face == "japanese" else [letter for letter in LETTERS if letter in known]


@cache
def _face(face: str) -> dict[str, Strokes]:
    fonts = HersheyFonts()
    fonts.load_default_font(face)
    glyphs = {name: list(fonts.strokes_for_text(name)) for name in fonts.all_glyphs}
    if face == "japanese":  # its ASCII places hold Latin letters again, its own signs come after them
        glyphs = {name: strokes for name, strokes in glyphs.items() if not name.isascii()}
    return {
        name: [np.array(stroke, np.float32) for stroke in strokes]
        for name, strokes in glyphs.items()
        if sum(len(stroke) for stroke in strokes) > 2
    }


def _letter(rng: np.random.Generator) -> Strokes:
    face = TRAINING_FACES[rng.integers(len(TRAINING_FACES))]
    letters = letters_of(face)
    letter = letters[rng.integers(len(letters))]
    if letter in DIGIT_LIKE and rng.random() < 0.5:
        return _tangle(rng)
    return deform(draw_letter(face, letter), rng)


def _shape(rng: np.random.Generator) -> Strokes:
    shape = list(SHAPES.values())[rng.integers(len(SHAPES))]
    return deform([smooth(np.array(stroke) + rng.normal(0, 0.02, 2)) for stroke in shape], rng)


def _curve(rng: np.random.Generator) -> Strokes:
    """One long curve that wanders about."""
    return [smooth(rng.uniform(0, 1, (rng.integers(7, 14), 2)))]


def _tangle(rng: np.random.Generator) -> Strokes:
    """Several strokes across each other, straight or bent, or a patch of hatching."""
    if rng.random() < 0.3:
        x = np.linspace(0, 1, rng.integers(8, 20)) + rng.normal(0, 0.02)
        y = np.tile([0.0, 1.0], 20)[: len(x)] + rng.normal(0, 0.08, len(x))
        return deform([np.stack([x, y], axis=1).astype(np.float32)], rng)
    return [smooth(rng.uniform(0, 1, (rng.integers(2, 5), 2))) for _ in range(rng.integers(4, 8))]


def _dots(rng: np.random.Generator) -> Strokes:
    spots = rng.uniform(0, 1, (rng.integers(1, 7), 1, 2))
    return [np.repeat(spot, 2, axis=0).astype(np.float32) for spot in spots]


def _several_digits(rng: np.random.Generator) -> Strokes:
    """Two or three digits side by side: a number, but no digit."""
    strokes: Strokes = []
    left = 0.0
    for label in rng.integers(0, 10, rng.integers(2, 4)):
        digit = deform(write_digit(int(label), rng), rng)
        points = np.concatenate(digit)
        low, high = points[:, 0].min(), points[:, 0].max()
        strokes += [(stroke - [low - left, 0]).astype(np.float32) for stroke in digit]
        left += high - low + rng.uniform(0.0, 0.3)
    return strokes
