"""What is read can be printed: dark ink on white whatever the screen shows, nothing cut off, nothing hidden."""

import pytest
from django.urls import reverse

from assay.reports.refresh import refresh
from raters.simulation import Simulation, simulate
from tests import builders

A4 = {"width": 700, "height": 1050}  # less the margins, at 96 dots an inch
CUT_OFF = """[...document.querySelectorAll('#main *')]
    .filter(one => getComputedStyle(one).display !== 'inline' && !one.matches('.visually-hidden, svg *'))
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 80))"""
PRESSED = "[...document.querySelectorAll('header, footer, button, input')].filter(one => one.checkVisibility()).length"
INK = "getComputedStyle(document.body).color"
SHUT = "[...document.querySelectorAll('#main details dl')].filter(one => !one.offsetHeight).length"


@pytest.fixture
def study(transactional_db):
    study = builders.study(prompts=30)
    simulate(study, Simulation(raters=8, seed=3))
    refresh(study)
    return study


@pytest.mark.parametrize("room", ["study", "results", "comparisons", "study_raters", "study_design"])
def test_a_page_is_printed_whole_and_in_dark_ink(visit, study, researcher, room):
    page = visit(reverse(f"dashboards:{room}", args=[study.slug]), user=researcher, dark=True)
    assert page.evaluate(INK) == "rgb(230, 234, 240)" and page.evaluate(PRESSED)
    page.set_viewport_size(A4)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(INK) == "rgb(27, 31, 36)"
    assert page.evaluate(CUT_OFF) == [] and page.evaluate(PRESSED) == 0 and page.evaluate(SHUT) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]
