"""The command line, one file per command: the only place that prints, ends the program and reads the environment."""
