"""Checks of one query: results that cannot be, matchers that say another thing, counters, units, ranges."""
