"""A person's word that a criterion of the plan is met, or is not any more."""

from sellergate.domain.authorization import checked_reason
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Actor
from sellergate.domain.plan import RolloutPlan
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.control import SignOff
from sellergate.ports.stores import Store


class Signing:
    """Takes signatures. A later one of the same criterion replaces an earlier one; a rollback makes all of them void."""

    def __init__(self, store: Store, plan: RolloutPlan, *, now: Clock = utc_now) -> None:
        self._store = store
        self._plan = plan
        self._now = now

    def sign(self, by: Actor, criterion: str, note: str | None) -> SignOff:
        """The criterion is met, as `note` says in 10 to 500 characters.

        Raises InvalidInput for a criterion the plan does not have, or that no person has to vouch for; ReasonRequired.
        """
        return self._keep(by, criterion, note, withdrawn=False)

    def withdraw(self, by: Actor, criterion: str, note: str | None) -> SignOff:
        """The criterion is not met any more. Raises what `sign` raises."""
        return self._keep(by, criterion, note, withdrawn=True)

    def _keep(self, by: Actor, criterion: str, note: str | None, *, withdrawn: bool) -> SignOff:
        signed = SignOff(
            step=self._step_of(criterion),
            criterion=criterion,
            by=by.id,
            role=by.role.value,
            note=checked_reason(note, "note"),
            at=self._now(),
            withdrawn=withdrawn,
        )
        with self._store.work() as work:
            work.sign_offs.add(signed)
        return signed

    def _step_of(self, name: str) -> str:
        signed = {
            criterion.name: step.name
            for step in self._plan.steps
            for criterion in (*step.entry, *step.exit_criteria)
            if criterion.is_signed
        }
        if name not in signed:
            known = ", ".join(signed) or "none"
            raise InvalidInput(
                f"{name} is no criterion of the plan that is signed; these are: {known}.", field="criterion"
            )
        return signed[name]
