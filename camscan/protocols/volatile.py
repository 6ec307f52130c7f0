"""What changes from reply to reply in the bodies that travel over HTTP: clocks, message ids, sessions, challenges.

One reply is read twice, as HTTP and as what its body is, so both mask the same: otherwise the very same camera would
say something new whenever its clock has moved on.
"""

import re

SOAP = re.compile(rb"<(?:\w+:)?(?:Year|Month|Day|Hour|Minute|Second|DateTime|Created|MessageID|RelatesTo)>[^<]*</")
JSON_SESSION = re.compile(rb'"(?:session|random|authorization|opaque)"\s*:\s*(?:"[^"]*"|\d+)')
