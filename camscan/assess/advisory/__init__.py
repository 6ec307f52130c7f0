"""Advisories: published vulnerabilities as data, held against what a device is."""
