"""A heat map says every share in words, in a number and in a hatching, never by colour alone."""

from xml.etree import ElementTree

import pytest

from analysis.heat_map import HeatCell, heat_map

SVG = "{http://www.w3.org/2000/svg}"
CELLS = {
    (0, 1): HeatCell(0.75, "owl against wren: 75%", "/owl-wren/"),
    (1, 0): HeatCell(0.25, "wren against owl: 25%", "/owl-wren/"),
    (0, 2): HeatCell(0.5, "owl against <heron>: 50%"),
}


def drawn(names=("owl", "wren", "<heron>"), cells=CELLS):
    return ElementTree.fromstring(
        heat_map(names, cells, id_prefix="m", title="Win rates", description="All.")
    )


def test_each_cell_leads_somewhere_and_says_what_it_is():
    chart = drawn()
    links = [(link.get("aria-label"), link.get("href")) for link in chart.iter(f"{SVG}a")]
    assert links == [("owl against wren: 75%", "/owl-wren/"), ("wren against owl: 25%", "/owl-wren/")]
    assert chart.get("role") == "group"


def test_a_loss_is_hatched_a_win_is_plain_and_an_even_share_is_bare():
    fills = [box.get("fill") for box in drawn().iter(f"{SVG}rect") if box.get("fill") != "none"]
    assert fills == ["currentColor", "url(#m-loses)"]


def test_numbers_stand_in_the_cells_and_names_are_escaped():
    said = [node.text for node in drawn().iter(f"{SVG}text")]
    assert {"75", "25", "50", "1", "2", "3", "3  <heron>"} <= set(said)


def test_it_grows_with_the_number_of_names():
    wide = drawn([f"c{i}" for i in range(20)], {})
    assert float(wide.get("viewBox").split()[2]) > 1200 and wide.get("role") == "img"


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="two names"):
        heat_map(["owl"], {}, id_prefix="m", title="", description="")
    with pytest.raises(ValueError, match="lies in"):
        drawn(cells={(0, 1): HeatCell(1.5, "")})
