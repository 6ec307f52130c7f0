"""The lab: an emulated site that answers the real protocols over real sockets, for the demo and for the tests.

Its rule: it imports no codec, transport or fingerprint of camscan. It knows only recorded bytes and the truth about
each device, so that scanner and lab cannot agree and both be wrong. `site` and `shapes` are data; `loopback` and
`namespaces` put them on this machine's loopback or into network namespaces, never on a real interface.
"""
