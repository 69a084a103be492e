"""The assembly: settings in, a working sellergate out."""

from sellergate.wiring.assembling import assemble
from sellergate.wiring.assembly import Assembly
from sellergate.wiring.opening import (
    PATIENT_SECONDS,
    limits_of,
    named_url,
    prepare_database,
    redis_address,
    rollout_plan,
)
from sellergate.wiring.telling import channels_of, send_trial

__all__ = [
    "PATIENT_SECONDS",
    "Assembly",
    "assemble",
    "channels_of",
    "limits_of",
    "named_url",
    "prepare_database",
    "redis_address",
    "rollout_plan",
    "send_trial",
]
