"""A policy of one's own: what devices may be, and which are approved."""
