"""What was recorded or written down: replies, targets, other scanners' results. One reader a format; no network."""
