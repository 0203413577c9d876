"""Every golden figure of the simulated studies, none left out; benchmarks/published_goldens.py has the real ones."""

import numpy as np
import pytest

from analysis.agreement import INTERVAL, gwet_ac1, krippendorff_alpha, unit_counts
from analysis.differences import difference
from analysis.variance import clustered
from analysis.win_rate import estimated, win_rate

TRUTH = {"truth"}  # tests/analysis/test_simulate.py
TOLERANCE = {"gwet_ac1": 1e-5}


def figures(table):
    """Ours, under the golden names."""
    found, linear, counts = win_rate(table), estimated(table, "prompts"), unit_counts(table)
    y, n = table.points / 2, len(table)
    by_prompt, by_rater = clustered(linear.influence, table.prompt), clustered(linear.influence, table.rater)
    by_cell = n / (n - 1) * np.sum(linear.influence**2)
    ends = {
        "ci_wilson_pooled": found.paper,
        "ci_two_way_effective_wilson": found,
        "ci_two_way_satt": linear.difference(0.95),
        "ci_prompt_cluster_t": difference(linear.value, linear.prompt_only, 0.95, ""),
    }
    return {
        **{name: getattr(found, name) for name in ("n", "prompts", "raters", "wins", "ties", "losses")},
        "win_rate": float(y.mean()),
        "win_rate_prompt_weighted": found.value,
        "se_iid": y.std(ddof=1) / np.sqrt(n),
        "se_prompt_cluster_statsmodels": found.prompt_only.se,
        "se_two_way_statsmodels": np.sqrt(by_prompt + by_rater - by_cell),
        "se_two_way_max_rule": found.se,
        "satterthwaite_df": found.df,
        "design_effect_prompt": found.prompt_only.se**2 / (y.var(ddof=1) / n),
        "alpha_nominal": krippendorff_alpha(counts),
        "alpha_interval": krippendorff_alpha(counts, INTERVAL),
        "gwet_ac1": gwet_ac1(counts),
        **{name: (end.low, end.high) for name, end in ends.items()},
    }


@pytest.mark.parametrize("file", ["sim_seed1.csv", "sim_seed2.csv", "sim_seed3.csv"])
def test_every_golden_figure_comes_out(goldens, simulated, file):
    golden = next(one for one in goldens["simulated"] if one["file"] == file)
    ours = figures(simulated(file))
    assert set(golden) == set(ours) | {"file"} | TRUTH
    for name, value in ours.items():
        assert value == pytest.approx(golden[name], abs=TOLERANCE.get(name, 1e-6)), name
