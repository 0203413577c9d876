import struct
import sys
from xml.etree import ElementTree

import pytest

from analysis.__main__ import main
from analysis.charts import COEFFICIENTS, forest_plot
from analysis.forest_rows import CoefficientRow
from analysis.timeline import timeline

SVG = "{http://www.w3.org/2000/svg}"
LINES = [
    f"p{row // 3:03},r{row % 7},{('win', 'win', 'loss', 'tie', 'win')[row % 5]},{('left', 'right')[row % 2]}"
    for row in range(210)
]
DRAWN = ["win-rate", "ties", "position", "agreement", "stop --planned 70"]


@pytest.fixture
def path(judgments_csv):
    return judgments_csv("prompt_id,rater_id,outcome,side", *LINES)


@pytest.mark.parametrize("command", DRAWN)
def test_a_plot_is_svg_by_its_name(path, tmp_path, capsys, command):
    picture = tmp_path / "chart.svg"
    assert main([*command.split(), str(path), "--plot", str(picture)]) == 0
    assert ElementTree.fromstring(picture.read_text()).tag == f"{SVG}svg"


@pytest.mark.parametrize("command", DRAWN)
def test_a_plot_is_png_by_its_name(path, tmp_path, capsys, command):
    picture = tmp_path / "chart.png"
    assert main([*command.split(), str(path), "--plot", str(picture)]) == 0
    signature, width = picture.read_bytes()[:8], struct.unpack(">I", picture.read_bytes()[16:20])[0]
    assert (signature, width) == (b"\x89PNG\r\n\x1a\n", 1440)


def test_without_matplotlib_a_png_is_refused_in_one_line(path, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["ties", str(path), "--plot", str(tmp_path / "chart.png")]) == 2
    assert "PNG needs matplotlib: pip install matplotlib" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(path, tmp_path, capsys):
    assert main(["ties", str(path), "--plot", str(tmp_path / "no" / "chart.svg")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_coefficient_below_zero_stands_left_of_the_reference():
    rows = [CoefficientRow("alpha", -0.2, -0.9, 0.1, 30), CoefficientRow("none", None, None, None, 30)]
    root = ElementTree.fromstring(
        forest_plot(rows, id_prefix="a", title="t", description="d", reference=0.0, axis=COEFFICIENTS)
    )
    reference = next(line for line in root.iter(f"{SVG}line") if line.get("class") == "chart-reference")
    dots = [float(dot.get("cx")) for dot in root.iter(f"{SVG}circle")]
    lefts = [
        float(line.get("x1")) for line in root.iter(f"{SVG}line") if line.get("class") == "chart-candidate"
    ]
    assert dots[0] < float(reference.get("x1"))
    assert min(lefts) == 216  # cut at the left end of the axis
    assert "not defined" in [text.text for text in root.iter(f"{SVG}text")]


def test_a_timeline_keeps_its_last_point_however_long_it_is():
    means = [0.5 + 0.1 * (i == 2999) for i in range(3000)]
    lows, highs = [0.4] * 3000, [0.7] * 3000
    root = ElementTree.fromstring(
        timeline(means, lows, highs, id_prefix="t", title="t", description="d", stopped_at=9)
    )
    points = next(root.iter(f"{SVG}polyline")).get("points").split()
    assert len(points) <= 402
    assert points[-1] == "704.00,128.00"
    assert "may stop at 9" in [text.text for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("bands", [([], [], []), ([0.5], [0.4, 0.4], [0.6])])
def test_a_timeline_of_nothing_is_refused(bands):
    with pytest.raises(ValueError, match="as many means as ends"):
        timeline(*bands, id_prefix="t", title="t", description="d")
