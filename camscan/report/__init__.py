"""Pure renderers: what a run knows → text for a person or a program. Nothing here prints or opens a file."""
