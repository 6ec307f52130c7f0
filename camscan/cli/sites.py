"""`camscan sites`: how many devices are where, and how far their removal has come."""

import typer

from camscan.cli.site_files import show, use

sites = typer.Typer(help="Sites: what is where, and how far its removal has come.", rich_markup_mode=None)
sites.command()(use)
sites.command()(show)
