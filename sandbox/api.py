"""The API that the SDK speaks to: who asks, what for, is it sound, act once, answer."""

import socket
from collections.abc import Callable
from urllib.parse import parse_qsl

from flask import Blueprint, Response, jsonify, request

from sandbox import expansion, idempotency, objects, parameters, passing
from sandbox.account import Account, Received
from sandbox.errors import Declined, Faulty, Json, Missing, StripeError, Unauthenticated
from sandbox.faults import Fault
from sandbox.idempotency import Answer
from sandbox.operations import OPERATIONS, Call

LIVE = ("sk_live_", "rk_live_", "pk_live_")


def blueprint(account: Account) -> Blueprint:
    api = Blueprint("api", __name__)
    for operation in OPERATIONS:
        method, path = operation.split(" ")
        rule = path.replace("{", "<").replace("}", ">")
        api.add_url_rule(rule, operation, _view(account, operation), methods=[method])
    api.add_url_rule("/v1/<path:rest>", "unknown", _unknown(account), methods=["GET", "POST", "DELETE"])
    return api


def _view(account: Account, operation: str) -> Callable[..., Response]:
    def view(**ids: str) -> Response:
        with account.answering():
            return _answer(account, operation, ids)

    return view


def _unknown(account: Account) -> Callable[[str], Response]:
    def view(rest: str) -> Response:
        message = f"The sandbox does not serve {request.method} /v1/{rest}."
        return _reply(Answer(404, Missing(message).body()), objects.new_id("req_", 14), [])

    return view


def _answer(account: Account, operation: str, ids: dict[str, str]) -> Response:
    id = objects.new_id("req_", 14)
    faults = account.faults.of_request(request.method, request.path)
    given: Json = {}
    try:
        authenticate()
        given = _given()
        passing.catch_up(account)
        answer = _once(account, operation, ids, given, id, faults)
    except StripeError as refusal:
        answer = Answer(refusal.status, refusal.body())
    key = request.headers.get("Idempotency-Key")
    account.received.append(Received(request.method, request.path, key, given, answer.status))
    for fault in faults:
        if fault.kind == "delay" and not fault.before:
            account.pause(fault.seconds)
    return _reply(answer, id, faults)


def authenticate() -> None:
    """Raises Unauthenticated without a key of test mode."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not key:
        raise Unauthenticated("You did not provide an API key. Send it as a bearer token.")
    if key.startswith(LIVE):
        message = (
            "This is a sandbox, where no money moves: it does not take live keys. Use a key of sk_test_."
        )
        raise Unauthenticated(message)
    if not key.startswith(("sk_test_", "rk_test_")):
        raise Unauthenticated("Invalid API key: the sandbox takes keys that begin with sk_test_.")


def _given() -> Json:
    text = request.get_data() if request.method == "POST" else request.query_string
    return parameters.read(parse_qsl(text.decode(errors="replace"), keep_blank_values=True))


def _once(
    account: Account, operation: str, ids: dict[str, str], given: Json, id: str, faults: list[Fault]
) -> Answer:
    """Act, unless the idempotency key has been answered; then answer so again."""
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    mark = idempotency.fingerprint(request.method, request.path, given)
    with idempotency.holding(account, key):
        first = idempotency.remembered(account, key, mark)
        _wait_before(account, faults)
        failure = next((Faulty(fault.status) for fault in faults if fault.kind == "fail"), None)
        if failure is not None:
            return _refusal(account, failure, None if first else key, mark, id)
        if first is not None:
            return first
        params = parameters.check(operation, given)
        unset = frozenset(name for name, value in given.items() if value == "")
        call = Call(account, params, ids, request.path, {"id": id, "idempotency_key": key}, unset)
        return _act(call, operation, mark)


def _wait_before(account: Account, faults: list[Fault]) -> None:
    for fault in faults:
        if fault.kind == "delay" and fault.before:
            account.pause(fault.seconds)


def _act(call: Call, operation: str, mark: str) -> Answer:
    """One transaction: the act, its events, and the answer under its key."""
    account, key, id = call.account, call.origin["idempotency_key"], call.origin["id"]
    try:
        with account.store.acting():
            thing = OPERATIONS[operation](call)
            answer = _answered(account, thing, call.params.get("expand", []))
            idempotency.remember(account, key, mark, answer, id)
            return answer
    except StripeError as refusal:
        return _refusal(account, refusal, key, mark, id)


def _answered(account: Account, thing: Json | Declined, expand: list[str]) -> Answer:
    if isinstance(thing, Declined):
        return Answer(thing.status, thing.body())
    return Answer(200, expansion.expanded(account, thing, expand))


def _refusal(account: Account, refusal: StripeError, key: str | None, mark: str, id: str) -> Answer:
    answer = Answer(refusal.status, refusal.body())
    if refusal.stored:
        idempotency.remember(account, key, mark, answer, id)
    return answer


def _reply(answer: Answer, id: str, faults: list[Fault]) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    response.headers["Request-Id"] = id
    response.headers["Stripe-Version"] = parameters.version()
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = answer.replayed
    for fault in faults:
        if fault.kind == "lose":
            return _lose(fault, id)
    return response


def _lose(fault: Fault, id: str) -> Response:
    """The act has happened; its answer is lost with the connection, or turned into a 500."""
    if fault.how == "cut":
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return _reply(Answer(500, Faulty(500).body()), id, [])
