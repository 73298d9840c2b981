"""Strict token endpoints over TLS: Microsoft's (authority discovery, client credentials by secret or certificate,
refresh, device code), Google's (service account, refresh) and a plain RFC 6749 one.

They take only what the providers' documents ask for, rotate refresh tokens, and know each code once.
"""

import json
import ssl
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from mailmonitor.oauth import GOOGLE
from tests.fakes.faults import Answer
from tests.fakes.server import Call, FakeServer
from tests.servers.certificates import Certificate

TENANT = "corp.example"
CLIENT = "11111111-2222-3333-4444-555555555555"
SECRET = "secret of the app~"
MAILBOX = "sandbox@corp.example"
SERVICE = "monitor@project.iam.gserviceaccount.com"


class Refusal(Exception):
    """RFC 6749 section 5.2: an error code, and words."""


@dataclass
class TokenWorld:
    """What the provider knows. `mint` makes an access token for a user; `lives` is what is told of its life."""

    mint: Callable[[str], str] = lambda user: f"token-for-{user}-{uuid.uuid4().hex}"
    lives: int = 3600
    certificate: x509.Certificate | None = None
    service_key: RSAPublicKey | None = None
    refresh_tokens: set[str] = field(default_factory=lambda: {"refresh-1"})
    device_codes: dict[str, bool] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)
    refusal: str = ""


class TokenServer(FakeServer):
    """`https://localhost:PORT`; `world` may be changed while it runs."""

    def __init__(self, certificate: Certificate, world: TokenWorld | None = None) -> None:
        super().__init__(answer=self.answer_call, endpoint=lambda path: path.rsplit("/", 1)[-1])
        self.world = world or TokenWorld()
        self.ca_file = str(certificate.authority)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server_address[1]}"

    def answer_call(self, call: Call) -> Answer:
        fields = {name: values[0] for name, values in call.form.fields.items() if len(values) == 1}
        try:
            found = self.found(call, fields)
        except Refusal as refusal:
            code, _, words = str(refusal).partition(": ")
            return Answer(json.dumps({"error": code, "error_description": words}).encode(), 400)
        return Answer(json.dumps(found).encode())

    def found(self, call: Call, fields: dict[str, str]) -> dict[str, object]:
        microsoft = f"/{TENANT}"
        if call.path == f"{microsoft}/v2.0/.well-known/openid-configuration" and call.method == "GET":
            return {
                "issuer": f"{self.url}{microsoft}/v2.0",
                "authorization_endpoint": f"{self.url}{microsoft}/oauth2/v2.0/authorize",
                "token_endpoint": f"{self.url}{microsoft}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{self.url}{microsoft}/oauth2/v2.0/devicecode",
            }
        if self.world.refusal or call.method != "POST":
            raise Refusal(self.world.refusal or "invalid_request: only POST")
        if call.path == f"{microsoft}/oauth2/v2.0/devicecode":
            return self.device_code(fields)
        if call.path == f"{microsoft}/oauth2/v2.0/token":
            return self.microsoft(fields)
        if call.path == "/token":
            return self.google(fields) if "assertion" in fields else self.standard(fields)
        raise Refusal("invalid_request: AADSTS90002: Tenant not found")

    def token(self, user: str, *, rotated: bool = False) -> dict[str, object]:
        token = self.world.mint(user)
        self.world.issued.append(token)
        found: dict[str, object] = {"token_type": "Bearer", "access_token": token, "expires_in": self.world.lives}
        if rotated:
            fresh = f"refresh-{uuid.uuid4().hex}"
            self.world.refresh_tokens.add(fresh)
            found["refresh_token"] = fresh
        return found

    def microsoft(self, fields: dict[str, str]) -> dict[str, object]:
        if fields.get("client_id") != CLIENT:
            raise Refusal("unauthorized_client: AADSTS700016: Application was not found in the directory")
        kind = fields.get("grant_type")
        if kind == "client_credentials":
            self.check_app(fields)
            if not fields.get("scope", "").endswith("/.default"):
                raise Refusal("invalid_scope: AADSTS1002012: The scope must end in /.default")
            return self.token(MAILBOX)
        if kind == "refresh_token":
            self.spend(fields)
            return self.token(MAILBOX, rotated=True)
        if kind == "urn:ietf:params:oauth:grant-type:device_code":
            return self.signed_in(fields)
        raise Refusal("unsupported_grant_type: AADSTS70003")

    def check_app(self, fields: dict[str, str]) -> None:
        if "client_assertion" in fields:
            self.check_assertion(fields["client_assertion"])
        elif fields.get("client_secret") != SECRET:
            raise Refusal(f"invalid_client: AADSTS7000215: Invalid client secret {fields.get('client_secret')}")

    def check_assertion(self, assertion: str) -> None:
        """Microsoft's certificate credentials: signed by the certificate's key, with its thumbprint in the head."""
        if self.world.certificate is None:
            raise Refusal("invalid_client: AADSTS700027: the certificate is not registered")
        thumb = self.world.certificate.fingerprint(hashes.SHA256())
        head = jwt.get_unverified_header(assertion)
        if jwt.utils.base64url_decode(head.get("x5t#S256", "")) != thumb:
            raise Refusal("invalid_client: AADSTS700027: the certificate is not registered")
        audience = f"{self.url}/{TENANT}/oauth2/v2.0/token"
        key = self.world.certificate.public_key()
        facts = jwt.decode(assertion, key, algorithms=["PS256", "RS256"], audience=audience)  # type: ignore[arg-type]
        if (facts["iss"], facts["sub"]) != (CLIENT, CLIENT) or not facts["jti"]:
            raise Refusal("invalid_client: AADSTS700021: wrong issuer or subject")

    def spend(self, fields: dict[str, str]) -> None:
        """A refresh token works once."""
        given = fields.get("refresh_token", "")
        if given not in self.world.refresh_tokens:
            raise Refusal("invalid_grant: AADSTS700082: The refresh token has expired")
        self.world.refresh_tokens.remove(given)

    def device_code(self, fields: dict[str, str]) -> dict[str, object]:
        if fields.get("client_id") != CLIENT or "offline_access" not in fields.get("scope", ""):
            raise Refusal("invalid_request: AADSTS900144")
        code = uuid.uuid4().hex
        self.world.device_codes[code] = False
        message = f"To sign in, open {self.url}/device and enter the code ABCD"
        return {
            "device_code": code,
            "user_code": "ABCD",
            "verification_uri": f"{self.url}/device",
            "expires_in": 60,
            "interval": 1,
            "message": message,
        }

    def signed_in(self, fields: dict[str, str]) -> dict[str, object]:
        code = fields.get("device_code", "")
        if code not in self.world.device_codes:
            raise Refusal("bad_verification_code: AADSTS70020")
        if not self.world.device_codes[code]:
            self.world.device_codes[code] = True
            raise Refusal("authorization_pending: AADSTS70016")
        del self.world.device_codes[code]
        return self.token(MAILBOX, rotated=True)

    def google(self, fields: dict[str, str]) -> dict[str, object]:
        """RFC 7523, as Google wants it for service accounts."""
        if fields.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" or not self.world.service_key:
            raise Refusal("unsupported_grant_type: Invalid grant_type")
        try:
            facts = jwt.decode(fields["assertion"], self.world.service_key, algorithms=["RS256"], audience=GOOGLE)
        except jwt.PyJWTError as error:
            raise Refusal(f"invalid_grant: Invalid JWT Signature. {error}") from error
        if facts.get("scope") != "https://mail.google.com/" or facts.get("sub") != MAILBOX or facts["iss"] != SERVICE:
            words = "Client is unauthorized to retrieve access tokens using this method, or not authorized for any of"
            raise Refusal(f"unauthorized_client: {words} the scopes requested.")
        return self.token(MAILBOX)

    def standard(self, fields: dict[str, str]) -> dict[str, object]:
        if (fields.get("client_id"), fields.get("client_secret")) != (CLIENT, SECRET):
            raise Refusal(f"invalid_client: who is {fields.get('client_id')} with {fields.get('client_secret')}?")
        if fields.get("grant_type") == "refresh_token":
            self.spend(fields)
            return self.token(MAILBOX, rotated=True)
        if fields.get("grant_type") != "client_credentials":
            raise Refusal("unsupported_grant_type: no")
        return self.token(MAILBOX)
