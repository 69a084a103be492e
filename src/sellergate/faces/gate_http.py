"""The gate's own endpoints: nothing between the socket and the check but reading the token, the body and the answer.

A check that memory can answer is answered on the event loop; whatever needs the store or a key fetch waits in a thread.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, NamedTuple, TypeVar

import msgspec

from sellergate.domain.errors import Forbidden, InvalidInput
from sellergate.domain.gate import GateAnswer, Mode, Reason
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces import authzen_messages as authzen
from sellergate.faces.gate_messages import BatchAnswer, BatchCheck, Check, CheckAnswer
from sellergate.faces.gate_wire import (
    Disconnected,
    Receive,
    Reply,
    Scope,
    Send,
    decoded,
    is_request_id,
    refusal_of,
    reply_with,
    whole_body,
)
from sellergate.faces.problems import MethodNotAllowed
from sellergate.faces.tokens import Authenticator, bearer
from sellergate.services.gate import Gate, Question

T = TypeVar("T")

CALLERS: Final = frozenset({Role.SERVICE, Role.ADMIN})
MOST_ENCODED: Final = 4_096

_HOST: Final = re.compile(rb"[A-Za-z0-9.:\[\]_-]{1,255}").fullmatch


class Endpoint(NamedTuple):
    """What answers at one address, to one method; who calls it must have a token unless it is `open`."""

    method: str
    answer: Callable[[Scope, Receive], Awaitable[Reply]]
    open: bool = False


class GateEndpoints:
    """An ASGI application for the addresses in `paths`."""

    def __init__(self, gate: Gate, authenticator: Authenticator) -> None:
        self._gate = gate
        self._authenticator = authenticator
        self._check_decoder = msgspec.json.Decoder(Check)
        self._batch_decoder = msgspec.json.Decoder(BatchCheck)
        self._evaluation_decoder = msgspec.json.Decoder(authzen.Evaluation)
        self._evaluations_decoder = msgspec.json.Decoder(authzen.Evaluations)
        self._encode = msgspec.json.Encoder().encode
        # The gate has few answers, made once per rollout. Each is kept with its encoding, so that its id stays its own.
        self._encoded: dict[int, tuple[GateAnswer, Reply]] = {}
        self.paths: Final = {
            "/api/v1/ds/gate/check": Endpoint("POST", self._check),
            "/api/v1/ds/gate/check-batch": Endpoint("POST", self._check_batch),
            "/access/v1/evaluation": Endpoint("POST", self._evaluation),
            "/access/v1/evaluations": Endpoint("POST", self._evaluations),
            "/.well-known/authzen-configuration": Endpoint("GET", self._configuration, open=True),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to one of `paths`."""
        authorization = request_id = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value
            elif name == b"x-request-id":
                request_id = value
        try:
            reply = await self._answer(scope, receive, authorization)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001  whatever it is, the caller gets a problem and the log the rest
            reply = refusal_of(error, scope, request_id)
        headers = [*reply.headers]
        if request_id is not None and is_request_id(request_id):
            headers.append((b"x-request-id", request_id))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _answer(self, scope: Scope, receive: Receive, authorization: bytes | None) -> Reply:
        endpoint = self.paths[scope["path"]]
        if not endpoint.open:
            token = bearer(None if authorization is None else authorization.decode("latin-1"))
            principal = self._authenticator.remembered(token)
            if principal is None:
                principal = await _in_a_thread(self._authenticator.authenticate, token)
            if principal.roles.isdisjoint(CALLERS):
                raise Forbidden("This needs the role service or admin.")
        if scope["method"] != endpoint.method:
            raise MethodNotAllowed(endpoint.method)
        return await endpoint.answer(scope, receive)

    async def _check(self, _scope: Scope, receive: Receive) -> Reply:
        check = decoded(self._check_decoder, await whole_body(receive))
        seller, product = checked_id(check.seller_id, "sellerId"), checked_id(check.product_id, "productId")
        if check.consistency is None and check.as_of is None:
            answer = self._gate.try_cached(seller, product, stage=check.stage, value=check.value)
            if answer is not None:
                return self._encoded_answer(answer)
        answer = await self._gate.acheck(
            seller, product, stage=check.stage, consistency=check.consistency, as_of=check.as_of, value=check.value
        )
        return self._encoded_answer(answer)

    def _encoded_answer(self, answer: GateAnswer) -> Reply:
        known = self._encoded.get(id(answer))
        if known is not None:
            return known[1]
        failed = answer.mode is Mode.ENFORCED and answer.reason is Reason.CHECK_FAILED
        reply = self._json(CheckAnswer.of(answer), 503 if failed else 200)
        if answer.snapshot is None:
            if len(self._encoded) >= MOST_ENCODED:
                self._encoded.clear()
            self._encoded[id(answer)] = (answer, reply)
        return reply

    async def _check_batch(self, _scope: Scope, receive: Receive) -> Reply:
        batch = decoded(self._batch_decoder, await whole_body(receive))
        seller = checked_id(batch.seller_id, "sellerId")
        products = [checked_id(product, "productIds") for product in batch.product_ids]
        check = partial(self._gate.check_many, seller, products, stage=batch.stage, consistency=batch.consistency)
        return self._json(BatchAnswer.of(products, await _in_a_thread(check)))

    async def _evaluation(self, _scope: Scope, receive: Receive) -> Reply:
        question = authzen.question_of(decoded(self._evaluation_decoder, await whole_body(receive)))
        return self._json(authzen.Decision.of(await self._asked(question)))

    async def _evaluations(self, _scope: Scope, receive: Receive) -> Reply:
        asked = decoded(self._evaluations_decoder, await whole_body(receive))
        if not asked.evaluations:
            return self._json(authzen.Decision.of(await self._asked(authzen.question_of(asked))))
        ends_at = {"execute_all": None, "deny_on_first_deny": False, "permit_on_first_permit": True}[asked.semantic]
        decisions = []
        for question in asked.questions():
            answer = await self._asked(question)
            decisions.append(authzen.Decision.of(answer))
            if answer.allowed is ends_at:
                break
        return self._json(authzen.Decisions(decisions))

    async def _asked(self, question: Question) -> GateAnswer:
        return await self._gate.acheck(question.seller, question.product, stage=question.stage)

    async def _configuration(self, scope: Scope, _receive: Receive) -> Reply:
        host = dict(scope["headers"]).get(b"host", b"")
        if not _HOST(host):
            raise InvalidInput("The Host header is not an address.", field="Host")
        return self._json(authzen.configuration(f"{scope.get('scheme', 'http')}://{host.decode()}"))

    def _json(self, content: object, status: int = 200) -> Reply:
        return reply_with(status, b"application/json", self._encode(content))


async def _in_a_thread(work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, work, *args)
