"""Observations → devices: match fingerprints, read model numbers, correlate, fuse, explain. No I/O but `load_*`."""
