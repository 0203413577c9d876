"""Random battles among four checkpoints of known strengths."""

from dataclasses import replace

import numpy as np

from analysis.battles import Battles

NAMES = ("ada", "bob", "cleo", "dan")


def drawn(seed, n=400, prompts=40, raters=8, strengths=(0.9, 0.3, -0.3, -0.9)):
    """Random battles with ties and a first-shown advantage; prompts and raters repeat, cells too."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 4, n)
    second = (first + rng.integers(1, 4, n)) % 4
    latent = np.array(strengths)[first] - np.array(strengths)[second] + 0.2 + rng.logistic(size=n)
    points = np.where(latent > 0.4, 2, np.where(latent < -0.4, 0, 1))
    names = np.array(NAMES)
    return Battles.of(
        names[first], names[second], points, rng.integers(0, prompts, n), rng.integers(0, raters, n)
    )


def with_length(seed, effect, **options):
    """Battles that follow a covariate too: the same ones, of which the longer won more often."""
    battles = drawn(seed, **options)
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 200, len(battles))
    moved = rng.random(len(battles)) < np.abs(np.tanh(effect * x / 200) / 2)
    points = np.where(moved, np.where(x > 0, 2, 0), battles.points).astype(np.int8)
    return replace(battles, points=points, covariates={"length_difference": x})
