"""What can be kept current: each topic is a template whose elements replace those of the same id on the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.identifiers import Role
from sellergate.faces.console.navigation import (
    BACKLOG,
    NOTICES,
    OWN_PRODUCTS,
    OWN_REQUESTS,
    REQUESTS,
    SELLERS,
    dead,
    unread,
    with_backlog,
)
from sellergate.faces.console.seller_answers import beside
from sellergate.faces.console.views.decisions import job_lines, outcomes
from sellergate.faces.console.views.rollout import rollout_view
from sellergate.faces.console.views.standing import state_view
from sellergate.faces.console.visit import Visit
from sellergate.services.inbox import InboxView


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing that changes. `every` is how often it is looked at when the feed is silent; `roles` who may see it."""

    name: str
    roles: frozenset[Role]
    every: timedelta
    render: Callable[[Visit], str]


def _notifications(visit: Visit) -> str:
    return visit.render("live/notifications.html", unread=unread(visit))


def _inbox(visit: Visit) -> str:
    counts = visit.parts.inbox.counts(visit.actor)
    newest = visit.parts.inbox.newest(visit.actor)
    return visit.render(
        "live/inbox.html",
        csrf="",  # what is rendered here is shared by all who act for this supplier
        counted=[(REQUESTS, counts[InboxView.WAITING]), (SELLERS, visit.parts.inbox.approvals(visit.actor))],
        waiting=counts[InboxView.WAITING],
        overdue=counts[InboxView.OVERDUE],
        counts={which.value: number for which, number in counts.items()},
        newest="" if newest is None else newest.isoformat(),
        jobs=job_lines(visit),
        outcomes=outcomes(visit),
    )


def _standing(visit: Visit) -> str:
    shelf = visit.parts.shelf
    return visit.render(
        "live/standing.html",
        csrf="",  # what is rendered here is shared by all who act for this seller
        counted=[(OWN_PRODUCTS, shelf.approved(visit.actor)), (OWN_REQUESTS, shelf.waiting(visit.actor))],
        states=[state_view(visit, each) for each in shelf.recent(visit.actor)],
        **beside(visit),
    )


def _rollout(visit: Visit) -> str:
    return visit.render("live/rollout.html", counted=[(BACKLOG, with_backlog(visit))], view=rollout_view(visit))


TOPICS: Final[Mapping[str, Topic]] = {
    topic.name: topic
    for topic in (
        Topic(
            name="notifications",
            roles=frozenset({Role.SUPPLIER, Role.SELLER}),
            every=timedelta(seconds=5),
            render=_notifications,
        ),
        Topic(
            name="rollout",
            roles=frozenset({Role.OPERATOR, Role.ADMIN}),
            every=timedelta(seconds=5),
            render=_rollout,
        ),
        Topic(name="standing", roles=frozenset({Role.SELLER}), every=timedelta(seconds=5), render=_standing),
        Topic(
            name="dead",
            roles=frozenset({Role.OPERATOR, Role.ADMIN}),
            every=timedelta(seconds=5),
            render=lambda visit: visit.render("live/dead.html", counted=[(NOTICES, dead(visit))]),
        ),
        Topic(name="inbox", roles=frozenset({Role.SUPPLIER}), every=timedelta(seconds=5), render=_inbox),
    )
}


def topics_of(visit: Visit, names: str) -> list[Topic]:
    """Those of the named topics that there are, and that the visitor may see."""
    wanted = (TOPICS.get(name) for name in names.split(",")[: len(TOPICS)])
    return [topic for topic in wanted if topic is not None and visit.actor.role in topic.roles]
