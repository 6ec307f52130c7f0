"""The rules by the ids of their findings; the words of each stand in `exposures.toml` under the same id."""

from collections.abc import Mapping

from camscan.assess.exposure import certificates, disclosure, login, setup, web
from camscan.assess.exposure.case import Rule

RULES: Mapping[str, Rule] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (
        setup.never_activated,
        login.rtsp_without_login,
        login.web_api_without_login,
        login.onvif_settings_without_login,
        login.onvif_identity_without_login,
        login.basic_login_in_clear_text,
        disclosure.port_forwarded,
        disclosure.cloud_enabled,
        web.clear_text_management,
        web.tls_missing,
        certificates.tls_weak_protocol,
        certificates.tls_weak_key,
        certificates.tls_certificate_expired,
        certificates.tls_certificate_self_signed,
        disclosure.discovery_across_router,
        disclosure.discovery_answered,
        disclosure.password_recovery_announced,
        disclosure.functions_before_login,
        disclosure.serial_disclosed,
        setup.factory_address,
        setup.wrong_subnet,
        setup.own_network_behind_it,
        setup.clock_wrong,
    )
}
