import numpy as np
import pytest

from analysis.shrinkage import shrunk


def test_values_no_further_apart_than_noise_fall_onto_their_mean():
    values = shrunk([0.50, 0.52, 0.54], [0.01, 0.01, 0.01])
    assert [one.value for one in values] == pytest.approx([0.52] * 3)
    assert [one.kept for one in values] == [0, 0, 0]


def test_equal_noise_gives_the_closed_form():
    raw, noise = np.array([0.3, 0.5, 0.9]), 0.01
    between = raw.var(ddof=1) - noise  # DerSimonian and Laird with equal weights
    kept = between / (between + noise)
    values = shrunk(raw.tolist(), [noise] * 3)
    assert [one.value for one in values] == pytest.approx((raw.mean() + kept * (raw - raw.mean())).tolist())
    half = (values[0].high - values[0].low) / 2
    assert half == pytest.approx(
        1.959964 * np.sqrt(kept * noise + (1 - kept) ** 2 * (between + noise) / 3), rel=1e-6
    )


def test_the_noisier_value_is_pulled_more():
    quiet, noisy, _ = shrunk([0.8, 0.8, 0.2], [0.002, 0.02, 0.002])
    assert noisy.value < quiet.value < 0.8


def test_shrunk_values_are_nearer_the_truth():
    rng = np.random.default_rng(2)
    raw_error = pulled_error = 0.0
    for _ in range(200):
        truth = rng.normal(0.5, 0.05, 8)
        raw = truth + rng.normal(0, 0.08, 8)
        pulled = np.array([one.value for one in shrunk(raw.tolist(), [0.0064] * 8)])
        raw_error += np.sum((raw - truth) ** 2)
        pulled_error += np.sum((pulled - truth) ** 2)
    assert pulled_error < 0.6 * raw_error


def test_two_values_are_too_few_and_a_value_without_noise_is_refused():
    assert shrunk([0.1, 0.9], [0.01, 0.01]) is None
    with pytest.raises(ValueError, match="above 0"):
        shrunk([0.1, 0.5, 0.9], [0.0, 0.01, 0.01])
