"""Reports as pages: one file each, that needs nothing else and runs nothing. The words stand in `templates/`."""
