"""Forged, stale and misdirected tokens prove nothing; keys are rotated without a gap."""

import base64
import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import pytest
import time_machine
from api_world import ANNA, GATE, SECRET, SELLER, as_seller, bearer, code_of
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sellergate.adapters.jwks import JwksFile, JwksUrl
from sellergate.domain.errors import StoreUnavailable, Unauthenticated
from sellergate.domain.identifiers import Role
from sellergate.faces.keyring import PublicKeys, SharedSecret
from sellergate.faces.tokens import Authenticator, issue_token
from sellergate.ports.keys import KeysUnavailable

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
KINDS = {"RS256": (RSA, jwt.algorithms.RSAAlgorithm), "ES256": (EC, jwt.algorithms.ECAlgorithm)}
KINDS["EdDSA"] = (ED, jwt.algorithms.OKPAlgorithm)


def claims(**changed):
    base = {"sub": "user-1", "roles": ["seller"], "seller_id": "anna", "exp": int(time.time()) + 600}
    return {name: value for name, value in (base | changed).items() if value is not None}


def signed(key=SECRET, algorithm="HS256", headers=None, **changed):
    return jwt.encode(claims(**changed), key, algorithm=algorithm, headers=headers)


def jwk(key, algorithm, kid, **more):
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid} | more


def unsigned(**changed):
    def part(content):
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims(**changed))}."


class Published:
    """A key set that can be changed, counted and taken away."""

    def __init__(self, *keys):
        self.keys = list(keys)
        self.fetches = 0
        self.down = False

    def fetch(self):
        self.fetches += 1
        if self.down:
            raise KeysUnavailable("gone")
        return json.dumps({"keys": self.keys}).encode()


class World:
    """An authenticator over published keys, with a clock for their age."""

    def __init__(self, *keys, **names):
        self.seconds = 0.0
        self.source = Published(*keys)
        self.authenticator = Authenticator(PublicKeys(self.source, monotonic=lambda: self.seconds), **names)

    def accepts(self, token):
        try:
            self.authenticator.authenticate(token)
        except Unauthenticated:
            return False
        return True


def named(**more):
    return {"iss": "sellergate", "aud": "sellergate"} | more


BAD = {
    "rubbish": "rubbish",
    "three dots": "a.b.c",
    "not ASCII": "토큰",
    "endless": "x" * 9000,
    "alg none": unsigned(),
    "another secret": signed("another secret of more than thirty-two bytes"),
    "another algorithm": signed(SECRET + "x" * 40, "HS512"),
    "expired": signed(exp=int(time.time()) - 31),
    "no end": signed(exp=None),
    "no subject": signed(sub=None),
    "an empty subject": signed(sub=""),
    "a subject of control characters": signed(sub="a\nb"),
    "an end that is no number": signed(exp="soon"),
    "an endless end": signed(exp=float("inf")),
    "not yet": signed(nbf=int(time.time()) + 600),
    "another issuer": signed(iss="somebody"),
    "another audience": signed(aud="somebody"),
    "other audiences": signed(aud=["somebody", "else"]),
    "an issuer that is a list": signed(iss="x", aud=None),
    "roles that are a number": signed(roles=5),
    "roles that are objects": signed(roles=[{}]),
    "a seller id that is none": signed(seller_id="x" * 65),
    "a seller id that is a number": signed(seller_id=5),
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD)
def test_a_token_that_proves_nothing_is_refused(api, token):
    header = {"Authorization": f"Bearer {token}".encode()}
    check = {"sellerId": "anna", "productId": "a-1", "stage": "cart"}

    assert code_of(api.get(f"{SELLER}/limits", headers=header)) == (401, "ERR_UNAUTHENTICATED")
    assert code_of(api.post(f"{GATE}/check", header, check)) == (401, "ERR_UNAUTHENTICATED")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Token abc", ANNA["Authorization"][7:]])
def test_a_header_without_a_bearer_token_is_refused(api, header):
    assert code_of(api.get(f"{SELLER}/limits", {"Authorization": header})) == (401, "ERR_UNAUTHENTICATED")


@pytest.mark.parametrize("change", [{}, {"roles": "seller"}, {"iss": "sellergate"}, {"aud": ["x", "sellergate"]}])
def test_with_a_secret_a_token_may_leave_its_names_out_and_give_one_role_as_text(api, change):
    assert api.get(f"{SELLER}/limits", bearer(signed(**change))).status_code == 200


def test_nobody_calls_as_the_system_itself():
    principal = Authenticator(SharedSecret(SECRET)).authenticate(signed(roles=["system", "admin", "their-role"]))
    assert principal.roles == {Role.ADMIN}


def test_names_that_are_configured_are_required():
    strict = Authenticator(SharedSecret(SECRET), issuer="shop", audience="gate")

    assert strict.authenticate(issue_token(SECRET, subject="u", roles=[], issuer="shop", audience="gate"))
    for wrong in (signed(), signed(iss="shop"), signed(aud="gate"), signed(iss="sellergate", aud="sellergate")):
        with pytest.raises(Unauthenticated):
            strict.authenticate(wrong)


def test_a_remembered_token_ends_when_it_ends():
    authenticator = Authenticator(SharedSecret(SECRET))
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        token = issue_token(SECRET, subject="u", roles=["seller"], lifetime=timedelta(minutes=1))
        assert authenticator.remembered(token) is None
        principal = authenticator.authenticate(token)
        clock.shift(89)
        assert authenticator.remembered(token) == principal
        clock.shift(1)
        assert authenticator.remembered(token) is None
        with pytest.raises(Unauthenticated, match="expired"):
            authenticator.authenticate(token)


def test_remembered_tokens_are_bounded(monkeypatch):
    monkeypatch.setattr("sellergate.faces.tokens.MOST_REMEMBERED", 2)
    authenticator = Authenticator(SharedSecret(SECRET))
    tokens = [signed(sub=f"user-{number}") for number in range(3)]

    for token in tokens:
        authenticator.authenticate(token)

    assert [authenticator.remembered(token) is not None for token in tokens] == [False, True, True]


@pytest.mark.parametrize("algorithm", KINDS)
def test_public_keys_of_each_kind_are_believed(algorithm):
    key, kind = KINDS[algorithm]
    world = World(jwk(key, kind, "k1"))

    assert world.accepts(signed(key, algorithm, {"kid": "k1"}, **named()))
    assert not world.accepts(signed(key, algorithm, {"kid": "k2"}, **named()))
    assert not world.accepts(signed(key, algorithm, **named()))
    assert not world.accepts(signed(key, algorithm, {"kid": "k1"}, **named(iss=None)))
    assert not world.accepts(signed(key, algorithm, {"kid": "k1"}, **named(aud=None)))


def test_the_algorithm_is_the_keys_never_the_tokens():
    world = World(jwk(RSA, jwt.algorithms.RSAAlgorithm, "k1"))
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "k1"}).encode()).rstrip(b"=")
    payload = base64.urlsafe_b64encode(json.dumps(claims(**named())).encode()).rstrip(b"=")
    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(header + b"." + payload, public)
    forged = b".".join([header, payload, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()

    assert not world.accepts(forged)
    assert not world.accepts(signed(RSA, "RS512", {"kid": "k1"}, **named()))
    assert not world.accepts(signed(OTHER_RSA, "RS256", {"kid": "k1"}, **named()))
    assert not world.accepts(unsigned(**named()))


def test_a_rotated_key_is_found_at_most_ten_seconds_late_and_the_old_one_forgotten():
    first, second = (jwk(key, jwt.algorithms.RSAAlgorithm, f"k{n}") for n, key in ((1, RSA), (2, OTHER_RSA)))
    world = World(first)
    old, new = (signed(key, "RS256", {"kid": f"k{n}"}, **named()) for n, key in ((1, RSA), (2, OTHER_RSA)))
    assert world.accepts(old)

    world.source.keys = [second]
    world.seconds = 9
    assert not world.accepts(new)
    assert world.source.fetches == 1
    assert world.accepts(old)
    world.seconds = 10
    assert world.accepts(new)
    assert world.source.fetches == 2
    assert not world.accepts(old)


def test_keys_are_looked_at_anew_every_five_minutes_even_for_remembered_tokens():
    world = World(jwk(RSA, jwt.algorithms.RSAAlgorithm, "k1"))
    token = signed(RSA, "RS256", {"kid": "k1"}, **named())
    assert world.accepts(token)

    world.source.keys = [jwk(OTHER_RSA, jwt.algorithms.RSAAlgorithm, "k2")]
    world.seconds = 299
    assert world.authenticator.remembered(token) is not None
    world.seconds = 300
    assert world.authenticator.remembered(token) is None
    assert not world.accepts(token)


def test_the_last_good_keys_are_kept_while_none_can_be_fetched():
    world = World(jwk(RSA, jwt.algorithms.RSAAlgorithm, "k1"))
    token = signed(RSA, "RS256", {"kid": "k1"}, **named())
    assert world.accepts(token)

    world.source.down = True
    world.seconds = 301
    assert world.accepts(token)
    fetches = world.source.fetches
    world.seconds = 310
    assert world.accepts(token)
    assert world.source.fetches == fetches
    world.source.down = False
    world.source.keys = []
    world.seconds = 312
    assert world.accepts(token)
    assert world.source.fetches == fetches + 1


def test_without_any_keys_nobody_can_be_told_apart():
    world = World(jwk(RSA, jwt.algorithms.RSAAlgorithm, "k1"))
    world.source.down = True
    with pytest.raises(StoreUnavailable):
        world.accepts(signed(RSA, "RS256", {"kid": "k1"}, **named()))


def test_keys_that_cannot_be_used_are_left_out():
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    good = jwk(EC, jwt.algorithms.ECAlgorithm, "good")
    listed = [
        jwk(small, jwt.algorithms.RSAAlgorithm, "small"),
        jwk(EC, jwt.algorithms.ECAlgorithm, "encryption", use="enc"),
        jwk(RSA, jwt.algorithms.RSAAlgorithm, "other-algorithm", alg="RS512"),
        {"kty": "oct", "kid": "secret", "k": base64.urlsafe_b64encode(SECRET.encode()).decode()},
        {"kty": "EC", "crv": "P-256", "kid": "broken", "x": "?", "y": "?"},
        good,
    ]
    world = World(*listed)

    assert world.accepts(signed(EC, "ES256", {"kid": "good"}, **named()))
    assert not world.accepts(signed(EC, "ES256", {"kid": "encryption"}, **named()))
    assert not world.accepts(signed(SECRET, "HS256", {"kid": "secret"}, **named()))
    assert not world.accepts(signed(RSA, "RS256", {"kid": "other-algorithm"}, **named()))


def test_concurrent_callers_fetch_the_keys_once():
    world = World(jwk(RSA, jwt.algorithms.RSAAlgorithm, "k1"))
    token = signed(RSA, "RS256", {"kid": "k1"}, **named())
    threads = [threading.Thread(target=world.accepts, args=(token,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.source.fetches == 1
    assert world.authenticator.remembered(token) is not None


def test_keys_come_from_a_file(tmp_path):
    path = tmp_path / "keys.json"
    with pytest.raises(KeysUnavailable):
        JwksFile(path).fetch()
    path.write_text('{"keys": []}')
    assert JwksFile(path).fetch() == b'{"keys": []}'


def test_keys_come_from_a_url_and_trouble_is_translated():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/keys" else 404)
            self.end_headers()
            self.wfile.write(b'{"keys": []}')

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        assert JwksUrl(f"{base}/keys").fetch() == b'{"keys": []}'
        with pytest.raises(KeysUnavailable):
            JwksUrl(f"{base}/elsewhere").fetch()
        server.shutdown()
        thread.join()
    with pytest.raises(KeysUnavailable):
        JwksUrl(f"{base}/keys").fetch()
    with pytest.raises(KeysUnavailable):
        JwksUrl("no address").fetch()


def test_a_token_made_here_says_everything():
    token = issue_token(SECRET, subject="u", roles=[Role.SELLER], seller_id="anna", lifetime=timedelta(hours=2))
    said = jwt.decode(token, SECRET, algorithms=["HS256"], audience="sellergate", issuer="sellergate")

    assert said["roles"] == ["seller"]
    assert said["exp"] - said["iat"] == 7200
    assert (said["sub"], said["seller_id"], "supplier_id" in said, len(said["jti"])) == ("u", "anna", False, 32)
    assert issue_token(SECRET, subject="u", roles=[]) != issue_token(SECRET, subject="u", roles=[])
    assert as_seller("x")["Authorization"].startswith("Bearer ey")
