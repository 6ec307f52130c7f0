"""Reports and exports without what identifies a device or its owner: `redact.py` begins, `remaining.py` ends it."""
