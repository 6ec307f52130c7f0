"""The inventory in the forms of other programs: one renderer a file, registered in `formats.py`."""
