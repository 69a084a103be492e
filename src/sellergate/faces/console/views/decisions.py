"""What has just been decided, what could not be, and how far the larger decisions have got."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.authorization import Action, Authorization, Status
from sellergate.domain.bulk_jobs import BulkJob, JobState
from sellergate.domain.errors import ProductCapacityReached
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.services.scheduling import Refused, Scheduled

OUTCOMES_SHOWN: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A request that was not decided. `stays`: it waits as before; otherwise it leaves the list."""

    id: str
    text: str
    stays: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedView:
    """What one form has led to. `batch` is empty where nothing was decided; `job` is None unless it became one."""

    title: str
    batch: str
    ids: list[str]
    left: list[Left]
    seconds: int
    job: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One bulk job, in words. `is_open`: it goes on, and can be stopped."""

    id: int
    title: str
    detail: str
    seen: int
    total: int
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A decision that could not be carried out when it was due."""

    id: int
    text: str


def new_key() -> str:
    """A name for what the next form decides, so that it is decided once however often it is sent."""
    return secrets.token_urlsafe(16)


def token_of(record: Authorization) -> str:
    """The request as it is shown: a decision is about this version of it."""
    return f"{record.id}@{record.version}"


def decided_view(visit: Visit, done: Scheduled) -> DecidedView:
    """The answer to a decision about single requests."""
    remaining = done.due_at - visit.parts.now()
    return DecidedView(
        title=_title(visit.words, done.action, len(done.ids)),
        batch=done.batch if done.ids else "",
        ids=done.ids,
        left=[_left(visit, each) for each in done.refused],
        seconds=max(0, round(remaining.total_seconds())),
        job=None,
    )


def started_view(visit: Visit, job: BulkJob) -> DecidedView:
    """The answer to a decision about everything that matches."""
    line = job_line(visit, job)
    return DecidedView(title=line.title, batch="", ids=[], left=[], seconds=0, job=job.id)


def _title(words: Words, action: Action, number: int) -> str:
    if not number:
        return words.gettext("Nothing was decided")
    if action is Action.APPROVE:
        return words.ngettext("Approved %(num)s request", "Approved %(num)s requests", number)
    if action is Action.REJECT:
        return words.ngettext("Rejected %(num)s request", "Rejected %(num)s requests", number)
    return words.ngettext("Asked about %(num)s request", "Asked about %(num)s requests", number)


def _left(visit: Visit, refused: Refused) -> Left:
    if isinstance(refused.error, ProductCapacityReached):
        return Left(id=refused.id, text=sentence(visit.words, refused.error), stays=True)
    return Left(id=refused.id, text=_meanwhile(visit.words, refused.record), stays=False)


def _meanwhile(words: Words, record: Authorization | None) -> str:
    """What somebody else has made of it."""
    said: Mapping[Status, str] = {
        Status.APPROVED: words.gettext("Somebody else has approved this."),
        Status.REJECTED: words.gettext("Somebody else has rejected this."),
        Status.REVOKED: words.gettext("Somebody else has approved and revoked this."),
        Status.INFO_REQUESTED: words.gettext("Somebody else has asked for information."),
        Status.CANCELLED: words.gettext("The seller has taken this back."),
        Status.REQUESTED: words.gettext("Somebody else has just decided this, or the seller has changed it."),
    }
    gone = words.gettext("This request is not there any more.")
    return gone if record is None else said.get(record.status, gone)


def job_lines(visit: Visit) -> list[JobLine]:
    """The jobs to show, newest first."""
    return [job_line(visit, job) for job in visit.parts.bulk_jobs.recent(visit.actor)]


def job_line(visit: Visit, job: BulkJob) -> JobLine:
    """One of them."""
    return JobLine(
        id=job.id,
        title=_job_title(visit, job),
        detail=_job_detail(visit, job),
        seen=min(job.seen, job.total),
        total=max(1, job.total),
        is_open=job.state is JobState.OPEN,
    )


def _job_title(visit: Visit, job: BulkJob) -> str:
    words, number = visit.words, visit.formats.number(job.total)
    if job.state is JobState.STOPPED:
        return words.gettext("Stopped")
    if job.state is JobState.DONE:
        return words.gettext("Done")
    if job.seen == 0:
        return words.gettext("About to begin with %(n)s requests", n=number)
    if job.action is Action.APPROVE:
        return words.gettext("Approving %(n)s requests", n=number)
    if job.action is Action.REJECT:
        return words.gettext("Rejecting %(n)s requests", n=number)
    return words.gettext("Asking about %(n)s requests", n=number)


def _job_detail(visit: Visit, job: BulkJob) -> str:
    words, number = visit.words, visit.formats.number
    done = words.gettext("%(n)s of %(m)s decided", n=number(job.done), m=number(job.total))
    if not job.left:
        return done
    return words.gettext("%(done)s, %(n)s left as they were", done=done, n=number(job.left))


def outcomes(visit: Visit) -> list[Outcome]:
    """What was decided and could not be carried out lately."""
    since = visit.parts.now() - OUTCOMES_SHOWN
    return [
        Outcome(id=each.decision.id, text=_outcome(visit.words, each.seller_name, each.decision.error))
        for each in visit.parts.scheduling.refused_since(visit.actor, since)
    ]


def _outcome(words: Words, name: str, code: str | None) -> str:
    if code == ProductCapacityReached.code:
        return words.gettext("%(name)s could not be approved: the product is full.", name=name)
    return words.gettext("%(name)s was not decided: the request has changed meanwhile.", name=name)
