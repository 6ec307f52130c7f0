"""Drives the protocols over the transports inside the scope: plan first, then ask, and keep what came back."""
