"""Vantage: several scans, made from several places of a network → which of them reaches which device."""
