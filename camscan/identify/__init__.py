"""Observations → devices: match fingerprints, read model numbers, correlate, fuse, explain. Pure: no I/O but `load_*`."""
