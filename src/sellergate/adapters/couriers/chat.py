"""Chats and pagers by Apprise: Slack, PagerDuty, and whatever else has an address there."""

import logging
from collections.abc import Mapping
from datetime import timedelta

import apprise

from sellergate.domain.errors import InvalidInput
from sellergate.ports.couriers import Letter, Undelivered

# Apprise logs the addresses it cannot use, with the secrets in them. What went wrong stands in the message's own error.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class ChatCourier:
    """See ports.couriers.Courier. A letter's address is the name of a place."""

    def __init__(self, places: Mapping[str, str], *, timeout: timedelta) -> None:
        """Raises InvalidInput, naming the place, for an address that Apprise does not know; the address is never repeated."""
        seconds = timeout.total_seconds()
        self._places = {name: _place(name, url, seconds) for name, url in places.items()}

    def deliver(self, letter: Letter) -> None:
        """Hand it over; one that wakes somebody goes as a failure, which pagers raise an incident for."""
        place = self._places.get(letter.address)
        if place is None:
            raise Undelivered(f"The settings name no place {letter.address}.")
        kind = apprise.NotifyType.FAILURE if letter.wakes else apprise.NotifyType.INFO
        try:
            accepted = place.notify(title=letter.subject, body=letter.text, notify_type=kind)
        except Exception as error:
            # What a plugin raises may repeat its address, and with it a secret.
            raise Undelivered(f"{place.service_name} could not be told: {type(error).__name__}") from error
        if not accepted:
            raise Undelivered(f"{place.service_name} did not accept it.")


def _place(name: str, url: str, seconds: float) -> apprise.NotifyBase:
    place = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if not isinstance(place, apprise.NotifyBase):
        raise InvalidInput(f"{name} is no address that Apprise knows: see its list of services")
    place.socket_connect_timeout = place.socket_read_timeout = seconds
    return place
