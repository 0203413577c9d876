"""Tells at the end how many cases were tried of each target."""

from tests.fuzz.profile import CASES


def pytest_terminal_summary(terminalreporter) -> None:
    if CASES:
        terminalreporter.section("cases tried")
        for target, cases in [*sorted(CASES.items()), ("all", sum(CASES.values()))]:
            terminalreporter.write_line(f"{cases:>9,}  {target}")
