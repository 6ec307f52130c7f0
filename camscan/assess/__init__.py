"""Device → findings, advisories and verdicts, by data. No I/O but the loading of it."""
