"""What tests of security share: people of each role, with the addresses that lead somewhere for them."""

from tests.assay.test_access import people

__all__ = ["people"]
