"""The rules by the ids of their findings; the words of each stand in `exposures.toml` under the same id."""

from collections.abc import Mapping

from camscan.assess.exposure import certificates, disclosure, login, reach, setup, web
from camscan.assess.exposure.case import Rule

RULES: Mapping[str, Rule] = {
    "never-activated": setup.never_activated,
    "rtsp-without-login": login.rtsp_without_login,
    "web-api-without-login": login.web_api_without_login,
    "port-forwarded": reach.port_forwarded,
    "onvif-settings-without-login": login.onvif_settings_without_login,
    "basic-login-in-clear-text": login.basic_login_in_clear_text,
    "clear-text-management": web.clear_text_management,
    "tls-missing": web.tls_missing,
    "discovery-across-router": reach.discovery_across_router,
    "tls-weak-protocol": certificates.tls_weak_protocol,
    "tls-weak-key": certificates.tls_weak_key,
    "cloud-enabled": reach.cloud_enabled,
    "functions-before-login": disclosure.functions_before_login,
    "factory-address": setup.factory_address,
    "wrong-subnet": setup.wrong_subnet,
    "clock-wrong": setup.clock_wrong,
    "onvif-identity-without-login": login.onvif_identity_without_login,
    "password-recovery-announced": disclosure.password_recovery_announced,
    "serial-disclosed": disclosure.serial_disclosed,
    "tls-certificate-expired": certificates.tls_certificate_expired,
    "tls-certificate-self-signed": certificates.tls_certificate_self_signed,
    "own-network-behind-it": reach.own_network_behind_it,
    "discovery-answered": reach.discovery_answered,
}
