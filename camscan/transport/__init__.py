"""All I/O of camscan: bytes in and out, inside the scope and at the pace. Knows addresses; knows no vendor.

Every socket is opened here, after `Wire.check`; everything sent stands in the `Ledger`. Failures of a device become an
`Outcome`; what this machine cannot do at all raises `NotPossibleError`; leaving the scope raises `OutOfScopeError`.
"""
