"""Plots as inline SVG: pure functions, a file for each kind. Each has a title and a description that are read out, and
its numbers stand in it as text; colours are those of the page, and never tell anything alone."""
