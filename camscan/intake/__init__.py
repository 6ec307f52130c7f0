"""What was recorded or written down: replies, target lists, other scanners' results. One reader per format; no network."""
