"""One notice of every kind, made by what makes them in the product, with what messages add to it."""

from builders import HOUR, NOON, a_rollout_change, an_authorization
from sellergate.domain.authorization import Action, Status
from sellergate.domain.judgement import Verdict
from sellergate.domain.messages import Item
from sellergate.domain.notices import OPERATORS, Audience, Kind, Notice, notices_of
from sellergate.domain.occasions import (
    backlog,
    expiring,
    limit_reached,
    reminder,
    rollout_changed,
    unanswered,
    verdict_changed,
)
from sellergate.domain.rollout import Phase, RolloutAction

REASON = "The product pages are <b>not</b> good enough.\n\nPlease & thank you."
NAMES = {"sellerName": "안나 상점 <script>", "supplierName": "Acme & Söhne", "productName": "도자기 머그컵 <i>12oz</i>"}


def every_notice():
    approved = an_authorization(Status.APPROVED, expires_at=NOON + HOUR, reason=REASON)
    rejected = an_authorization(Status.REJECTED, reason=REASON, cooldown_until=NOON + HOUR)
    asked = an_authorization(Status.INFO_REQUESTED, note=REASON)
    records = {Action.APPROVE: approved, Action.EXPIRE: approved, Action.ASK_INFO: asked}
    moved = [one for action in Action for one in notices_of(records.get(action, rejected), action)]
    words = {"ko": "새 승인 절차", "en": "New approval"}
    facts = {"subject": words, "text": {"ko": "첫째.\n\n둘째.", "en": "One.\n\nTwo."}}
    announced = [
        Notice(kind=Kind.ANNOUNCEMENT.value, audience=audience, recipient_id=OPERATORS, facts=facts, at=NOON)
        for audience in Audience
    ]
    return [
        *moved,
        *notices_of(an_authorization(Status.APPROVED), Action.APPROVE),  # without an end
        expiring(approved, NOON),
        unanswered(an_authorization(), NOON),
        limit_reached("anna", 10, NOON),
        reminder("acme", 12, NOON, NOON),
        *backlog("acme", 501, 500, NOON),
        rollout_changed(a_rollout_change()),
        rollout_changed(a_rollout_change(action=RolloutAction.ROLLBACK, from_phase=Phase.FULL)),
        verdict_changed(None, Verdict.ROLL_BACK, "Errors 2 % of 1,000 checks.", NOON),
        *announced,
    ]


def item_of(notice):
    names = {name: value for name, value in NAMES.items() if f"{name.removesuffix('Name')}Id" in notice.facts}
    return Item(kind=notice.kind, audience=notice.audience.value, facts={**notice.facts, **names}, at=notice.at)
