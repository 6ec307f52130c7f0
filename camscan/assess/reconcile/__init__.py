"""Reconcile: an owner's list and the devices of a network → what is in both, and what in one alone."""
