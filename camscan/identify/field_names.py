"""The closed list of what a rule may look at: the fields that codecs read, and the claims that derived rules read.

The rule: a field that no codec gives would make a rule that never matches, in silence; so a new field of a codec is
added here, and a misspelt one in a rule is an error.
"""

from camscan.model import ATTRIBUTES
from camscan.protocols.gather import VALUE_LIMIT
from camscan.protocols.registry import load_protocols

DERIVED = ("model", "firmware", "serial")
"""Rule sets that read claims instead of fields: what a model number, a firmware or a serial says by itself."""

RAW_FIELDS = ("manufacturer", "device_type", "device_class", "brand", "scope_name")
"""Fields a derived rule may look at besides the claims."""

SEARCHED = 1024  # characters of a value; a longer one is no name of anything, and patterns are slow on it

_LONG = ("body",)  # are long by their nature

_NAME = ("CN", "O", "OU", "C", "ST", "L", "serialNumber", "emailAddress")  # RFC 4514, and what devices add

FIELDS = frozenset({
    "action", "activated", "address", "address6", "alarm_inputs", "alarm_outputs", "analogue_channels", "answer",
    "auth_algorithm", "auth_qop", "auth_scheme", "auth_stale", "body", "boot_time", "brand", "build",
    "certificate_problem", "cloud_code", "cloud_enabled", "comment", "config_table", "contact", "content_base",
    "content_type", "cookie", "date_shape",
    "description", "device_class", "device_description", "device_id", "device_location", "device_subtype",
    "device_type", "dhcp", "digital_channels", "disks", "dsp_version", "encryption", "enterprise", "envelope",
    "error_code", "error_message", "fault", "fault_code", "favicon_md5", "favicon_mmh3", "find_code", "find_version",
    "fingerprint_sha256", "firmware", "gateway", "gateway6", "greeting", "group", "hardware_id", "hardware_version",
    "header_order", "host", "http_port", "https_port", "identifier", "init_mask", "instance", "issuer", "key_bits",
    "interface_address", "interface_mac", "interface_name", "profile",
    "external_port", "internal_client", "internal_port", "lease", "mapping_description", "mapping_enabled",
    "mapping_protocol", "remote_host",
    "engine_boots", "engine_enterprise", "engine_id",
    "key_type", "location", "mac", "maker_model", "manufacturer", "manufacturer_url", "model", "model_number", "name",
    "namespace", "netmask", "nonce_shape", "not_after", "not_before", "nts", "oem_code", "oem_info", "opaque_shape",
    "opcode", "open_functions_mask", "other_port", "p3p", "password_reset", "platform", "powered_by",
    "presentation_url", "processor", "production_date", "prompt", "public", "random_shape", "realm", "realm_domain",
    "refresh", "remote_video_inputs", "result", "rtsp_port", "san", "scope_hardware", "scope_location", "scope_mac",
    "scope_name", "scope_other", "sdk_code", "sdk_enabled", "sdk_port", "sdk_tls_port", "sdp_attribute",
    "sdp_bandwidth", "sdp_email", "sdp_media", "sdp_origin", "sdp_session", "sdp_version", "self_signed", "sequence",
    "serial", "server", "service", "session_shape", "short_serial", "signature_hash", "software", "ssh_version", "st",
    "state", "status", "subject", "sys_descr", "sys_object_id", "title", "tls_cipher", "tls_mode", "tls_version",
    "type", "user_agent", "usn", "utc_time", "uuid",
    "version", "video_inputs", "video_outputs", "web_version", "xaddr",
}) | {f"{role}_{key.lower()}" for role in ("subject", "issuer") for key in _NAME}  # fmt: skip
"""camscan's own names of fields, shared by all protocols."""


def field_names(protocol: str) -> frozenset[str] | None:
    """What a rule of this protocol or derived set may look at; None where there is no such protocol."""
    if protocol in DERIVED:
        return frozenset((*ATTRIBUTES, *RAW_FIELDS))
    return FIELDS if protocol in load_protocols() else None


def longest_value(field: str) -> int:
    """The most characters of a value of this field that any rule looks at; a longer value is passed over."""
    return VALUE_LIMIT if field in _LONG else SEARCHED
