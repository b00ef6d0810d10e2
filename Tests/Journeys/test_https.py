"""Pages over TLS: by a certificate of somebody's, by the server's own, and by none that fits."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl
import stat
import subprocess

import pytest

from phones import free_port
from seat import Client, wait_until
from server import BINARY, ROOT
from small_centre import LOGINS, PASSWORD

# How long the server may take to see that a certificate was replaced.
RELOAD_DEADLINE = 60


class SecureClient(Client):
    """A browser that trusts one certificate, and nothing for a wrong name."""

    def __init__(self, server, trusted, host="127.0.0.1"):
        super().__init__(server)
        self.context = ssl.create_default_context(cafile=trusted)
        self.host = host

    @property
    def address(self):
        return ("127.0.0.1", int(self.server.https.rsplit(":", 1)[1]))

    def connect(self, protocols=("http/1.1",)):
        self.context.set_alpn_protocols(list(protocols))
        return self.context.wrap_socket(socket.create_connection(self.address, timeout=30), server_hostname=self.host)

    def exchange(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.host, self.address[1], timeout=30)
        connection.sock = self.connect()
        origin = {"Origin": f"https://{self.host}:{self.address[1]}"} if method != "GET" else {}
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        kind = {"Content-Type": "application/json"} if body is not None else {}
        with contextlib.closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), {**origin, **cookie, **kind, **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def sign_in(self):
        status, headers, body = self.exchange("POST", "/api/session", {"login": LOGINS[0], "password": PASSWORD})
        assert status == 200, body
        self.cookie = headers["Set-Cookie"].split(";")[0]
        return headers["Set-Cookie"]

    def shown(self):
        """The certificate that a new connection is shown."""
        with self.connect() as connection:
            return connection.getpeercert(binary_form=True)


@pytest.fixture
def certificate(tmp_path):
    return make_certificate(tmp_path, "good", "IP:127.0.0.1,DNS:calls.test")


def make_certificate(folder, name, names, days=2):
    """One that vouches for itself, and its key."""
    paths = str(folder / f"{name}.pem"), str(folder / f"{name}.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days), "-subj",
         f"/CN={name}", "-addext", f"subjectAltName={names}", "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True)
    return paths


def make_vouched_for(folder):
    """A certificate that another one vouches for, its key, and that other one."""
    authority, authority_key = make_certificate(folder, "authority", "DNS:authority.test")
    certificate, key, request, names = (str(folder / name) for name in ("leaf.pem", "leaf.key", "leaf.csr", "leaf.names"))
    with open(names, "w") as file:
        file.write("subjectAltName=IP:127.0.0.1\n")
    for arguments in (
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=leaf", "-keyout", key, "-out", request],
            ["x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial", "-days", "2", "-extfile", names,
             "-out", certificate]):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
    return certificate, key, authority


def own_certificate(server):
    return os.path.join(server.data, "https-certificate.pem"), os.path.join(server.data, "https-key.pem")


def test_the_server_makes_a_certificate_and_pages_work_by_it(start_server):
    server = start_server(https=True)
    certificate, key = own_certificate(server)
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600
    for host in ("127.0.0.1", "localhost"):
        client = SecureClient(server, certificate, host)
        status, headers, body = client.exchange("GET", "/")
        assert status == 200 and b"Callfloor" in body
        # Nobody could ever go on past the browser's warning again.
        assert "Strict-Transport-Security" not in headers
    stranger = SecureClient(server, certificate, "calls.test")
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.connect()
    # Plain HTTP stays on this machine, and the same certificate is shown after a restart.
    assert Client(server).get("/health")["status"] == "ok"
    before = client.shown()
    server.stop()
    server.start()
    assert client.shown() == before


def test_http_2_is_spoken_and_old_tls_is_not(start_server):
    server = start_server(https=True)
    client = SecureClient(server, own_certificate(server)[0])
    with client.connect(("h2", "http/1.1")) as connection:
        assert connection.selected_alpn_protocol() == "h2"
        assert connection.version() == "TLSv1.3"
    old = SecureClient(server, own_certificate(server)[0])
    old.context.minimum_version = old.context.maximum_version = ssl.TLSVersion.TLSv1_1
    old.context.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        old.connect()


def test_a_session_over_tls_has_a_cookie_of_its_own(set_up_centre, start_server, tmp_path, certificate):
    shutil.copytree(set_up_centre[0], tmp_path / "data")
    server = start_server(https=True, https_certificate=certificate)
    client = SecureClient(server, certificate[0])
    cookie = client.sign_in()
    assert cookie.startswith("__Host-callfloor_session=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert client.exchange("GET", "/api/session")[0] == 200
    # The same session shown as plain HTTP's is none, nor the other way round.
    plain = Client(server)
    plain.cookie = client.cookie
    with pytest.raises(AssertionError, match="401"):
        plain.get("/api/session")
    # A page that came without TLS is another site.
    body = {"login": LOGINS[0], "password": PASSWORD}
    status, _, refused = client.exchange("POST", "/api/session", body, Origin=f"http://127.0.0.1:{client.address[1]}")
    assert (status, json.loads(refused)["code"]) == (403, "foreignOrigin")


def test_browsers_are_told_to_come_by_tls_only_where_somebody_vouches_for_it(start_server, tmp_path):
    *files, authority = make_vouched_for(tmp_path)
    server = start_server(https=True, https_certificate=files)
    assert SecureClient(server, authority).exchange("GET", "/")[1]["Strict-Transport-Security"].startswith("max-age=")
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().getheader("Strict-Transport-Security") is None


def test_a_certificate_that_is_replaced_is_shown_without_a_restart(start_server, tmp_path, certificate):
    server = start_server(https=True, https_certificate=certificate)
    client = SecureClient(server, certificate[0])
    first = client.shown()
    following = make_certificate(tmp_path, "following", "IP:127.0.0.1")
    for new, old in zip(following, certificate, strict=True):
        os.replace(new, old)
    client.context = ssl.create_default_context(cafile=certificate[0])

    def shows_another():
        with contextlib.suppress(ssl.SSLCertVerificationError):
            return client.shown() != first
        return False

    wait_until(shows_another, "a new certificate", RELOAD_DEADLINE, pause=0.5)


def test_a_key_of_another_certificate_stops_the_start(tmp_path, certificate):
    other = make_certificate(tmp_path, "other", "IP:127.0.0.1")
    done = subprocess.run(
        [BINARY, "serve", "--data", str(tmp_path / "data"), "--port", "0", "--sip", f"127.0.0.1:{free_port('127.0.0.1')}", "--web",
         os.path.join(ROOT, "Web"), "--https", "127.0.0.1:0", "--tls-certificate", certificate[0], "--tls-key", other[1]],
        capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert f"'{other[1]}': is not the key of the certificate in '{certificate[0]}'" in done.stderr


def test_who_does_not_begin_tls_is_hung_up_on(start_server):
    server = start_server(https=True)
    client = SecureClient(server, own_certificate(server)[0])
    with socket.create_connection(client.address, timeout=30) as silent, socket.create_connection(client.address, timeout=30) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not plain.recv(1024).startswith(b"HTTP")
        assert silent.recv(1) == b""
    assert client.exchange("GET", "/")[0] == 200
