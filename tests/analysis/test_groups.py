"""No group of fewer than five people is told, and none can be worked out from what is told and the total."""

from itertools import product

from analysis.groups import FEWEST_PEOPLE, groups_to_tell


def test_large_groups_stand_alone():
    assert groups_to_tell({"a": 7, "b": 5, "none": 9}) == (("none",), ("a",), ("b",))


def test_small_ones_are_told_together():
    assert groups_to_tell({"a": 9, "b": 3, "none": 2}) == (("a",), ("b", "none"))


def test_one_small_group_takes_the_smallest_other_with_it_or_the_total_would_tell_it():
    assert groups_to_tell({"a": 9, "b": 6, "c": 2}) == (("a",), ("c", "b"))


def test_what_the_total_says_already_is_not_said_again():
    assert groups_to_tell({"a": 9, "b": 2}) == () and groups_to_tell({"a": 3, "b": 1}) == ()
    assert groups_to_tell({"a": 20, "none": 0}) == () and groups_to_tell({}) == ()


def test_for_all_sizes_no_cell_and_no_rest_of_cells_is_small():
    for sizes in product(range(9), repeat=4):
        told = groups_to_tell(dict(zip("abcd", sizes, strict=True)))
        people = [sum(sizes["abcd".index(key)] for key in group) for group in told]
        assert all(n >= FEWEST_PEOPLE for n in people)
        assert sum(people) in (0, sum(sizes))  # all or nothing: nobody is left for a subtraction to find
