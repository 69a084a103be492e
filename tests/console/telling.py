"""What people are told, in a house: messages that were given up, and a rollout in which nothing has begun."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from builders import a_message, an_item
from sellergate.domain.messages import Backoff, Channel, MessageState
from sellergate.ports.queries import PageRequest

NOTHING_BEGUN = {"ENABLE_SELLER_AUTHORIZATION": "", "PHASE9_ROLLOUT_PERCENTAGE": "", "ROLLOUT_SOURCE": "managed"}
PLACES = {
    **NOTHING_BEGUN,
    "SELLERGATE_NOTICES_SEND": "false",
    "SELLERGATE_CHAT_URLS": "phase9-rollout=json://127.0.0.1:9 product=json://127.0.0.1:9",
}
"""Settings with some places, of which nothing is sent: what becomes of a message is the test's to say."""
REASONS = {
    Channel.EMAIL: "550 5.1.1 The mail server refused seller-001@shop.test: no such user here",
    Channel.CHAT: "The chat did not answer within 10 s.",
    Channel.WEBHOOK: "The receiver answered 503.",
}


def give_up(house, number, channel=Channel.EMAIL, *, minutes_ago=90, kind="request.approved", **facts):
    """So many messages of this channel that were given up, to sellers by e-mail and to places otherwise; their ids."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    ids = []
    with house.store.work() as work:
        for one in range(number):
            seller = f"seller-{one + 1:03}"
            to = f"{seller}@shop.test" if channel is Channel.EMAIL else "phase9-rollout"
            message = a_message(
                f"{channel}:{uuid4()}",
                channel=channel,
                address=to,
                recipient=f"seller:{seller}" if channel is Channel.EMAIL else to,
                attempts=one % 16 + 1,
                created_at=at,
                due_at=at,
            )
            ids.append(work.messages.put(message, [an_item(kind, at=at, **facts)]))
            before = work.messages.get(ids[-1])
            lost = before.failed(at + timedelta(seconds=one), REASONS[channel], Backoff(), final=True, dice=0.0)
            assert work.messages.save(before, lost)
    return ids


def dead(house):
    """The ids of what was given up, newest first."""
    with house.store.view() as view:
        return [message.id for message in view.messages.list(MessageState.DEAD, PageRequest(100)).items]


def waiting(house):
    """The ids of what waits to be sent."""
    with house.store.view() as view:
        return {message.id for message in view.messages.list(MessageState.PENDING, PageRequest(100)).items}
