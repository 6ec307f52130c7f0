"""Asks with the WSDiscovery package and prints, per device, address → types, scopes and endpoint as JSON."""

import json
import sys
from urllib.parse import urlsplit

from guard import enter_only
from wsdiscovery import QName
from wsdiscovery.discovery import ThreadedWSDiscovery

TRANSMITTER = QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")

enter_only(sys.argv[1])
discovery = ThreadedWSDiscovery()
discovery.start()
services = discovery.searchServices(types=[TRANSMITTER] if "transmitter" in sys.argv else None, timeout=3)
found = [
    {
        "addresses": [urlsplit(each).hostname for each in service.getXAddrs()],
        "types": [each.getLocalname() for each in service.getTypes()],
        "scopes": [each.getValue() for each in service.getScopes()],
        "endpoint": service.getEPR(),
    }
    for service in services
]
sys.stdout.write(json.dumps(found))
discovery.stop()
