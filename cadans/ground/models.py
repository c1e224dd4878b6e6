"""The tables of the ground floor, gathered for Django."""

from cadans.ground.custom_fields import CustomField
from cadans.ground.money import ExchangeRate
from cadans.ground.remembered import SettingsStamp

__all__ = ["CustomField", "ExchangeRate", "SettingsStamp"]
