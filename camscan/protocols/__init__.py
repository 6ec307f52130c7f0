"""Sans-I/O codecs: bytes ⇄ camscan's fields. One file per protocol, each defining `PROTOCOL`.

No sockets, clocks, tasks or files here. To add a protocol: one file here, `fingerprints/<name>.toml`, one capture.
"""
