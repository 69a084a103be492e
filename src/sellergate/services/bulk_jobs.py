"""One decision about everything that matches: started by a person, gone through by the worker, and stopped at any moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.authorization import Action, Authorization
from sellergate.domain.bulk_jobs import BulkJob, JobState
from sellergate.domain.errors import InvalidInput, InvalidStatus, NotFound, SellergateError
from sellergate.domain.identifiers import Actor
from sellergate.domain.scheduling import UNDO_WITHIN, checked_decision, why_not_as_seen, why_not_decide
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, Page, PageRequest, Position, Sort
from sellergate.ports.stores import Store, Work
from sellergate.services.carrying_out import Deciding, TakenByAnother, sum_of_each
from sellergate.services.inbox import InboxQuery, matching
from sellergate.services.scheduling import batch_of, supplier_of
from sellergate.services.transactions import in_one_transaction
from sellergate.services.workflow import Alongside, Workflow

AT_A_TIME: Final = 500
"""Then the next beat, so that one long job does not hold up the others."""
SHOWN_FOR: Final = timedelta(minutes=5)


class BulkJobs:
    """Jobs of suppliers. Several workers may go through one job: each step is taken by one of them."""

    def __init__(self, store: Store, workflow: Workflow, *, now: Clock = utc_now) -> None:
        self._store = store
        self._deciding = Deciding(workflow)
        self._now = now

    # For people.
    def start(
        self, by: Actor, action: Action, query: InboxQuery, as_of: datetime, *, reason: str | None = None, key: str
    ) -> BulkJob:
        """Decide about everything that matched the query at `as_of`; it begins in ten seconds, and can be stopped before.

        Sent twice with the same `key`, it is one job. Raises Forbidden, InvalidInput, ReasonRequired.
        """
        supplier_id, reason = supplier_of(by), checked_decision(action, reason)
        now = self._now()
        as_of = min(as_of, now)
        wanted = query.as_texts()
        asked = _asked(supplier_id, query, as_of)

        def verb(work: Work) -> BulkJob:
            total = work.authorizations.count(asked)
            if total == 0:
                raise InvalidInput("No requests match any more.", field="all")
            job = BulkJob(
                supplier_id=supplier_id,
                key=batch_of(key, action, reason, *(f"{name}={value}" for name, value in wanted.items())),
                action=action,
                by=by,
                reason=reason,
                wanted=wanted,
                as_of=as_of,
                made_at=now,
                due_at=now + UNDO_WITHIN,
                total=total,
            )
            id = work.jobs.add(job)
            known = work.jobs.of_key(supplier_id, job.key) if id is None else work.jobs.get(id)
            assert known is not None  # noqa: S101  it was there, or it is now
            return known

        return in_one_transaction(self._store, verb)

    def stop(self, by: Actor, id: int) -> BulkJob:
        """It goes no further; what is decided stays decided. Stopping one that has ended changes nothing. Raises NotFound."""
        supplier_id = supplier_of(by)
        while True:
            with self._store.view() as view:
                job = view.jobs.get(id)
            if job is None or job.supplier_id != supplier_id:
                raise NotFound("There is no such job.")
            if job.state is not JobState.OPEN or self._save(job, job.ended(JobState.STOPPED, self._now())):
                return job

    def recent(self, by: Actor) -> list[BulkJob]:
        """The supplier's open jobs and those that ended within five minutes, newest first."""
        supplier_id, since = supplier_of(by), self._now() - SHOWN_FOR
        with self._store.view() as view:
            return view.jobs.of_supplier(supplier_id, since)

    # For the worker.
    def run(self) -> int:
        """Go on with what is open; the answer is how many steps this worker has taken."""
        with self._store.view() as view:
            due = view.jobs.due(self._now())
        return sum_of_each(self._go_on, due)

    def _go_on(self, job: BulkJob) -> int:
        taken = 0
        try:
            while taken < AT_A_TIME:
                page = self._next(job)
                if page.first is None:
                    self._save(job, job.ended(JobState.DONE, self._now()))
                    break
                job = self._step(job, page.items[0], page.first)
                taken += 1
        except TakenByAnother:
            pass  # whoever it was goes on from there, or it was stopped
        return taken

    def _next(self, job: BulkJob) -> Page[Authorization]:
        """The request behind the job's place, alone on its page; an empty page at the end."""
        asked = _asked(job.supplier_id, InboxQuery.of_texts(job.wanted), job.as_of)
        with self._store.view() as view:
            return view.authorizations.search(replace(asked, page=PageRequest(1, job.position, counted=False)))

    def _step(self, job: BulkJob, record: Authorization, position: Position) -> BulkJob:
        """One request decided or left; the job as it is then. Raises TakenByAnother."""
        refusal = _why_not(job, record)
        if refusal is None:
            done = job.advanced(position)
            refusal = self._deciding.try_to(job.action, job.by, record.id, job.reason, _saving(job, done, record))
            if refusal is None:
                return done
        left = job.advanced(position, refusal.code)
        if not self._save(job, left):
            raise TakenByAnother
        return left

    def _save(self, before: BulkJob, after: BulkJob) -> bool:
        return in_one_transaction(self._store, lambda work: work.jobs.save(before, after))


def _asked(supplier_id: str, query: InboxQuery, as_of: datetime) -> AuthorizationQuery:
    """Everything that matched then, the oldest first: who has waited longest gets what places there are."""
    asked = matching(supplier_id, query, as_of)
    until = as_of if asked.requested_before is None else min(as_of, asked.requested_before)
    return replace(asked, sort=Sort.OLDEST, requested_before=until, page=PageRequest())


def _why_not(job: BulkJob, record: Authorization) -> SellergateError | None:
    """A request that has changed since the person saw the list is left to a person."""
    if record.updated_at > job.as_of:
        return InvalidStatus("The request has changed since it was decided about.", status=record.status.value)
    return why_not_decide(record, job.by, job.action)


def _saving(before: BulkJob, after: BulkJob, record: Authorization) -> Alongside:
    def save(work: Work) -> None:
        if not work.jobs.save(before, after):
            raise TakenByAnother
        changed = why_not_as_seen(work.authorizations.get(record.id), record.version)
        if changed is not None:
            raise changed

    return save
