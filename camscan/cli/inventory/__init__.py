"""`camscan inventory`: what keeps the inventory safe. One file a command; `group.py` gathers them."""
