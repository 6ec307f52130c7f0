"""A dossier → answers for one kind of reader each: one file an answer."""
