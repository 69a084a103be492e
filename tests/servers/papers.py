"""Certificates of authorities that exist for a test only."""

import ipaddress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def a_key():
    return ec.generate_private_key(ec.SECP256R1())


def a_certificate(name, key, *, by=None, signer=None, host=None):
    """A certificate for this key, by this authority or by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if host:
        made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False)
    return made.sign(signer or key, hashes.SHA256())


class Papers:
    """The files of two authorities, and of a server and a client that the first has signed for."""

    def __init__(self, folder, *, server_is="127.0.0.1"):
        self.folder = folder
        authority = a_key()
        self.ca = self._write("ca", a_certificate("Authority", authority))
        self.other_ca = self._write("other", a_certificate("Stranger", a_key()))
        by = x509.load_pem_x509_certificate(self.ca.read_bytes())
        for name, host in (("server", server_is), ("client", None)):
            key = a_key()
            self._write(name, a_certificate(name, key, by=by, signer=authority, host=host), key)

    def _write(self, name, certificate, key=None):
        path = self.folder / f"{name}.crt"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        if key is not None:
            form = serialization.PrivateFormat.PKCS8
            (self.folder / f"{name}.key").write_bytes(
                key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
            )
        return path
