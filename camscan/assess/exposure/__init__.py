"""Exposure: what a device lays open, rule by rule. A rule is one small function over a `Case`; its words are data."""
