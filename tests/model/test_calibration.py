"""Confidence means what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.calibration import auroc, expected_calibration_error, fit_temperature, tempered

RNG = np.random.default_rng(0)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


LOGITS = RNG.normal(0, 2, (20_000, 10))
HONEST = _softmax(LOGITS)
LABELS = (HONEST.cumsum(axis=1) < RNG.random((len(HONEST), 1))).sum(axis=1).clip(0, 9)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 3.5])
def test_the_temperature_is_found(temperature: float) -> None:
    """A model overconfident by a known factor gets that factor back, to 5 %."""
    assert fit_temperature(_softmax(LOGITS * temperature), LABELS) == pytest.approx(temperature, rel=0.05)


def test_the_calibration_error_is_small_only_for_the_honest() -> None:
    """Labels drawn by the probabilities themselves err by less than 0.02; overconfidence errs more."""
    assert expected_calibration_error(HONEST, LABELS) < 0.02
    assert expected_calibration_error(_softmax(LOGITS * 3), LABELS) > 0.1
    certain = np.eye(10)[LABELS]
    assert expected_calibration_error(certain, LABELS) == 0
    assert expected_calibration_error(certain, (LABELS + 1) % 10) == 1


@given(st.floats(0.25, 4))
def test_tempering_keeps_the_order(temperature: float) -> None:
    """A temperature changes how sure the answer is, not which it is."""
    tempered_ = tempered(HONEST[:100], temperature)
    np.testing.assert_allclose(tempered_.sum(axis=1), 1)
    np.testing.assert_array_equal(tempered_.argmax(axis=1), HONEST[:100].argmax(axis=1))


def test_tempering_takes_a_certain_answer() -> None:
    """A probability of 0 gives no NaN."""
    assert np.isfinite(tempered(np.eye(10), 3.0)).all()


scores = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@given(scores, scores)
def test_auroc_counts_pairs(positive: list[int], negative: list[int]) -> None:
    """It is the share of pairs that are in order, ties counted half."""
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    assert auroc(np.array(positive), np.array(negative)) == pytest.approx(np.mean(pairs))
