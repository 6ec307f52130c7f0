"""camscan: find Hikvision and Dahua devices under whatever brand, and prove it.

The folders are the stages of one flow: scope, discover (protocols over transports), identify, report.
`camscan/scan.py` is the whole tool in one function.
"""

__version__ = "0.1.0"
