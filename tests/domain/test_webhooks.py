"""Webhooks are signed as the specification says, and what was not signed so is not believed."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from given import NOON
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.webhooks import NotGenuine, check_signature, secret_of, signed_headers

SECRET = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
OLD = b"o" * 32
BODY = '{"type":"request.approved","data":{"productName":"머그컵"}}'.encode()


def test_the_published_example_is_signed_as_published():
    at = datetime.fromtimestamp(1614265330, UTC)

    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [SECRET])

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_one_secret_follows_another_both_receivers_believe():
    headers = signed_headers("msg_1", NOON, BODY, [SECRET, OLD])

    assert check_signature(headers, BODY, SECRET, NOON) == "msg_1"
    assert check_signature(headers, BODY, OLD, NOON) == "msg_1"
    with pytest.raises(NotGenuine):
        check_signature(headers, BODY, b"n" * 32, NOON)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_replay_is_not_believed(seconds):
    headers = signed_headers("msg_1", NOON, BODY, [SECRET])

    check_signature(headers, BODY, SECRET, NOON + timedelta(seconds=seconds - (1 if seconds > 0 else -1)))
    with pytest.raises(NotGenuine):
        check_signature(headers, BODY, SECRET, NOON + timedelta(seconds=seconds))


@given(st.binary(max_size=50), st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "body"]))
def test_whatever_is_changed_is_noticed(body, part):
    headers = signed_headers("msg_1", NOON, body, [SECRET])
    if part == "body":
        body += b"!"
    elif part == "webhook-timestamp":
        headers[part] = str(int(headers[part]) + 1)
    else:
        headers[part] = headers[part].replace("1", "2")

    with pytest.raises(NotGenuine):
        check_signature(headers, body, SECRET, NOON)


@pytest.mark.parametrize("headers", [{}, {"webhook-timestamp": "soon"}, {"webhook-timestamp": "\u0661"}])
def test_what_is_no_webhook_is_not_believed(headers):
    with pytest.raises(NotGenuine):
        check_signature(headers, BODY, SECRET, NOON)


@pytest.mark.parametrize("size", [24, 64])
def test_a_secret_may_have_24_to_64_bytes(size):
    assert secret_of("whsec_" + b64encode(b"s" * size).decode()) == b"s" * size


@pytest.mark.parametrize(
    "text", ["whsec_" + b64encode(b"s" * 23).decode(), "whsec_" + b64encode(b"s" * 65).decode(), "whsec_?", "c2VjcmV0"]
)
def test_another_secret_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        secret_of(text)
