"""One request by a browser: who asks, in which language, and how they are answered."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sellergate.domain.errors import InvalidInput, StoreUnavailable, Unauthenticated
from sellergate.domain.identifiers import Actor
from sellergate.domain.sessions import DisplayPreferences, Session
from sellergate.faces.console import cookies, csrf, language
from sellergate.faces.console.formats import Formats
from sellergate.faces.console.language import Words, words_of
from sellergate.faces.console.parts import ConsoleParts
from sellergate.faces.console.templating import Templates

THEMES: Final = ("light", "dark")
THEME_COOKIE: Final = "sellergate_theme"
FIELDS_MAX: Final = 1000
WORTH_COMPRESSING: Final = 1000
COMPRESSION: Final = 8
SEE_OTHER: Final = 303

Form = Mapping[str, list[str]]


@dataclass(slots=True, kw_only=True)
class Visit:
    """A request and what it takes to answer it. `session` is None for strangers; `form` is empty unless something was sent."""

    request: Request
    parts: ConsoleParts
    templates: Templates
    session: Session | None = None
    secret: str = ""
    preferences: DisplayPreferences = field(default_factory=DisplayPreferences)
    form: Form = field(default_factory=dict)

    def recognize(self) -> None:
        """Find out whose browser this is. Raises StoreUnavailable."""
        secret = self.request.cookies.get(cookies.session_name(secure=self.secure))
        found = None if secret is None else self.parts.sessions.find(secret)
        if secret is not None and found is not None:
            self.session, self.preferences = found
            self.secret = secret
            self.parts.sessions.saw(self.session)

    # What is asked.
    @property
    def path(self) -> str:
        """The address without its query."""
        return str(self.request.scope["path"])

    @property
    def address(self) -> str:
        """The address with its query."""
        query = self.request.url.query
        return f"{self.path}?{query}" if query else self.path

    @property
    def query(self) -> Mapping[str, str]:
        """The query's values, the last of each name, without those left empty."""
        return {name: value.strip() for name, value in self.request.query_params.items() if value.strip()}

    def sent(self, name: str) -> str:
        """What the form has in this field; an empty text for nothing."""
        values = self.form.get(name, [])
        return values[-1].strip() if values else ""

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of the page it is on."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"

    @property
    def secure(self) -> bool:
        """Whether the browser's way here is encrypted."""
        return (self.parts.url or self.request.url.scheme).startswith("https")

    @property
    def base(self) -> str:
        """The address of the console, without a path."""
        return self.parts.url or f"{self.request.url.scheme}://{self.request.url.netloc}"

    # Who asks.
    @property
    def signed_in(self) -> Session:
        """The session. Raises Unauthenticated for strangers."""
        if self.session is None:
            raise Unauthenticated("You are not signed in.")
        return self.session

    @property
    def actor(self) -> Actor:
        """Who asks, in the account they act as. Raises Unauthenticated."""
        return self.signed_in.actor

    @property
    def words(self) -> Words:
        """The language to answer in: the person's, the browser's cookie, or what the browser asks for."""
        wishes = (self.preferences.language, self.request.cookies.get(language.COOKIE))
        return words_of(language.chosen(wishes, self.request.headers.get("accept-language")))

    @property
    def formats(self) -> Formats:
        """How that language writes values."""
        return Formats(self.words)

    @property
    def theme(self) -> str | None:
        """Light or dark; None as the system has it."""
        theme = self.preferences.theme if self.session else self.request.cookies.get(THEME_COOKIE)
        return theme if theme in THEMES else None

    # How it is answered.
    def render(self, template: str, **context: Any) -> str:
        """A template's text, in the visitor's language."""
        context.setdefault("csrf", csrf.token_of(self.secret) if self.secret else "")
        return self.templates.render(self.words.language, template, {"visit": self, **context})

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A whole page inside of the shell: its navigation, the account, the switches."""
        from sellergate.faces.console.shell import shell_of

        return self.html(self.render(template, shell=shell_of(self), **context), status=status)

    def answer(self, page: str, part: str, **context: Any) -> Response:
        """The part where htmx asks for it, and otherwise the page it is a part of."""
        return self.html(self.render(part, **context)) if self.is_fragment else self.page(page, **context)

    def html(self, text: str, *, status: int = 200) -> Response:
        """HTML, compressed where that is worth it."""
        headers = {"Vary": "Accept-Encoding, Cookie, HX-Request"}
        content = text.encode()
        if len(content) > WORTH_COMPRESSING and "gzip" in self.request.headers.get("accept-encoding", ""):
            content = gzip.compress(content, COMPRESSION, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Response(content, status_code=status, headers=headers, media_type="text/html")

    def go(self, address: str) -> Response:
        """To another page; htmx is told in its own way, since it would put that page into a part of this one."""
        if self.is_fragment:
            return Response(status_code=204, headers={"HX-Redirect": address})
        return RedirectResponse(address, SEE_OTHER)


def form_of(request: Request, body: bytes) -> Form:
    """The fields of a form. Raises InvalidInput for what is none."""
    if not body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise InvalidInput("A form is needed.")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise InvalidInput("The form could not be read.") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def try_to_recognize(visit: Visit) -> None:
    """For pages about something else that went wrong: without the database everybody is a stranger."""
    try:
        visit.recognize()
    except StoreUnavailable:
        visit.session = None
