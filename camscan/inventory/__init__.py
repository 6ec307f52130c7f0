"""Devices over time: what is there, since when, where, and what changed. The only place that knows the database."""
