import re

import pytest

from analysis.timeline import timeline

TOLD = {"id_prefix": "a", "title": "Win rate over time", "description": "d"}


@pytest.mark.parametrize(("stopped_at", "x"), [(1, 56), (3, 380), (5, 704)])
def test_the_mark_stands_at_the_prompt_after_which_the_study_may_stop(stopped_at, x):
    drawn = timeline([0.5] * 5, [0.4] * 5, [0.6] * 5, stopped_at=stopped_at, **TOLD)
    assert f'<line x1="{x}" y1="16" x2="{x}" y2="296"' in drawn
    assert f"may stop at {stopped_at}" in drawn


def test_the_band_goes_from_end_to_end():
    drawn = timeline([0.5, 1.0], [0.0, 0.25], [0.75, 1.0], **TOLD)
    line, band = (re.search(rf'<{name} points="([^"]+)"', drawn)[1] for name in ("polyline", "polygon"))
    assert line == "56.00,156.00 704.00,16.00"
    assert band == "56.00,86.00 704.00,16.00 704.00,226.00 56.00,296.00"
    assert "may stop" not in drawn


def test_ends_that_do_not_fit_the_means_are_refused():
    with pytest.raises(ValueError, match="as many means as ends"):
        timeline([0.5], [0.4], [0.6, 0.7], **TOLD)
