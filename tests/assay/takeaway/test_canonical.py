"""JSON in its one form, held against the numbers and the example that RFC 8785 itself gives."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.takeaway.canonical import canonical

# RFC 8785, appendix B: the bits of a double, and how it is written.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_numbers_are_written_as_the_rfc_has_them(bits, written):
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == written


def test_members_are_sorted_by_utf_16_units_as_in_the_rfc():
    names = ["€", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "ö"]
    assert list(json.loads(canonical(dict.fromkeys(names)))) == [
        "\r",
        "1",
        "\u0080",
        "ö",
        "€",
        "\U0001f600",
        "\ufb33",
    ]


def test_strings_are_escaped_as_little_as_can_be():
    assert canonical('€$\x0f\nA\'B"\\\\"/').decode() == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


def test_the_rfcs_own_example_is_written_as_it_is_there():  # RFC 8785, section 3.2
    read = r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    assert canonical(json.loads(read)).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r""""string":"€$\u000f\nA'B\"\\\\\"/"}"""
    )


@pytest.mark.parametrize(
    ("value", "written"), [(1.5e30, "1.5e+30"), (-2.5, "-2.5"), (-(2**53), "-9007199254740992")]
)
def test_what_the_rfcs_lists_lack_is_written_by_the_same_rules(value, written):
    assert canonical((value,)).decode() == f"[{written}]"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
        st.lists,
    )
)
def test_what_was_written_reads_back_and_is_written_the_same(value):
    again = json.loads(canonical(value))
    assert again == value and canonical(again) == canonical(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53 + 1, -(2**53) - 1])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(ValueError, match="form"):
        canonical({"value": value})
