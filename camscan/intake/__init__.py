"""What was recorded or written down: replies, target lists. One reader per format; no network."""
