"""relay.toml as frozen sections, one class per section, units in the types. Every key is explained here, once.

`relay init`, config/relay.toml and docs/config.md print these descriptions and defaults (relay/manual.py);
relay/loading.py reads a folder into them. A room is handed its section, never the whole. Keys marked `later` have no
effect in this release: `relay check` warns where one is set. Paths are absolute once loaded. Nothing here reads the
world.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, Strict
from pydantic.fields import FieldInfo

from relay.addresses import Address, Mailbox, Pattern, Sender
from relay.business_days import business_days
from relay.places import (
    Database,
    Hostname,
    KeySource,
    Listen,
    Network,
    Port,
    Selector,
    Server,
    Smarthost,
    Socket,
    SomeDns,
    SomePath,
    SomeScanner,
    Source,
    Url,
)
from relay.units import (
    Duration,
    Line,
    Locale,
    Rate,
    Size,
    SomeCount,
    SomeDuration,
    SomeHours,
    SomeRate,
    SomeSize,
    Timezone,
    read_size,
    some,
)

LATER: dict[str, Any] = {"later": True}  #: the key is known and checked, its behaviour comes in a later release


SomeSecret = Annotated[SecretStr | None, BeforeValidator(some(SecretStr))]
Flag = Annotated[bool, Strict()]


def _known_holidays(place: str) -> str:
    try:
        business_days(place)
    except ValueError:
        raise ValueError('is no country with known holidays; write it like "US", "US-CA" or "DE-BY"') from None
    return place


Holidays = Annotated[str, AfterValidator(_known_holidays)]
Kind = Literal["pdf", "jpg", "png", "doc", "docx", "csv"]


class Section(BaseModel):
    """A table of relay.toml."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,  # what is validated again goes by its names
        hide_input_in_errors=True,
        validate_default=True,
        revalidate_instances="always",
    )


def shape(field: FieldInfo) -> tuple[type[Section] | None, bool]:
    """Give the section that a field holds, None for a plain key; and whether it holds many."""
    parts = (field.annotation, *get_args(field.annotation))
    section = next((part for part in parts if isinstance(part, type) and issubclass(part, Section)), None)
    return section, get_origin(field.annotation) is tuple


def is_later(field: FieldInfo) -> bool:
    """Tell whether the behaviour of a key comes in a later release."""
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("later"))


class Organisation(Section):
    """Who you are: said in every mail and on every page."""

    name: Line = Field(default="Example Practice", min_length=1, description="The practice's name.")
    timezone: Timezone = Field(
        default="America/New_York", description="Times are shown in this zone unless people.csv says otherwise."
    )
    locale: Locale = Field(default="en", description="Language of mails and pages unless people.csv says otherwise.")
    emergency: Line = Field(
        default="This is not for emergencies. In an emergency call 911; in a crisis call or text 988 (US).",
        min_length=1,
        description="The sentence beside every Send button and in every mail; name your emergency numbers.",
    )
    expected_response: Line = Field(
        default="one to three business days",
        min_length=1,
        description='When a provider usually answers, as it reads after "within"; people.csv may say otherwise.',
    )
    bookings: Line = Field(
        default="https://example.org/book",
        description="Where to book: told to those who write to a provider they have not booked.",
    )
    support_contact: Address = Field(
        default="support@example.org",
        description="Support's mailbox: named in refusals; gets what nobody of role support can get.",
    )


class Reply(Section):
    """The reply addresses."""

    pattern: Pattern = Field(
        default="r.{token}@reply.example.org",
        description='What reply addresses look like. With "care+{token}@example.org" one IMAP mailbox gets them all.',
    )

    @property
    def domain(self) -> str:
        """The domain of the reply addresses, lower case."""
        return self.pattern.rpartition("@")[2].lower()


class InboundSmtp(Section):
    """Mail comes in by SMTP: the MX of the reply domain, or the server in front of us, leads here."""

    listen: Socket = Field(default=Listen("127.0.0.1", 2525), description="Address and port.")
    hostname: Hostname = Field(default="", description='Our name in the greeting; "" is the domain of address.pattern.')
    tls_cert: SomePath = Field(default=None, description="Certificate chain in PEM, for STARTTLS; goes with tls_key.")
    tls_key: SomePath = Field(default=None, description="Private key in PEM, mode 0600.")
    require_tls: Flag = Field(
        default=False, description="Take mail over TLS only (loopback and trusted fronts included)."
    )
    max_message: Size = Field(default=read_size("25MiB"), description="The largest mail, with everything in it.")
    max_connections: SomeCount = Field(default=1000, description="Sessions at once.")
    max_per_ip: SomeCount = Field(
        default=50, description="Sessions at once from one address; trusted fronts do not count."
    )
    idle_timeout: SomeDuration = Field(
        default=timedelta(minutes=5), description="A silent session is closed (RFC 5321 4.5.3.2: 5m)."
    )
    transaction_timeout: SomeDuration = Field(
        default=timedelta(minutes=10), description="A mail, or a session without one, takes no longer than this."
    )
    trusted_fronts: tuple[Network, ...] = Field(
        default=(),
        description="Our own servers in front: what they say of the client (XCLIENT, XFORWARD) and their"
        " Authentication-Results are believed.",
    )
    proxy_protocol: Flag = Field(
        default=False, description="Trusted fronts begin with a header of the PROXY protocol (v1, v2); it is required."
    )


class OAuth2(Section):
    """Sign-in at an IMAP server by OAuth 2 (XOAUTH2): by a refresh token, or as the client itself without one."""

    preset: Literal["", "microsoft365", "google"] = Field(
        default="", description="Fills in token_url and scope: microsoft365 (with tenant) or google."
    )
    tenant: Line = Field(default="", description="With microsoft365: the directory's id or domain.")
    token_url: str = Field(default="", description="Where a fresh access token is got, where there is no preset.")
    client_id: Line = Field(description="Our id there.")
    client_secret: SomeSecret = Field(default=None, description="Our secret there; better in client_secret_file.")
    client_secret_file: SomePath = Field(default=None, description="A file that holds it, mode 0600.")
    refresh_token: SomeSecret = Field(
        default=None, description="The mailbox's refresh token; better in refresh_token_file."
    )
    refresh_token_file: SomePath = Field(default=None, description="A file that holds it, mode 0600.")
    scope: Line = Field(default="", description="What to ask for; the preset knows.")

    @property
    def endpoint(self) -> str:
        """Where tokens are got."""
        known = {
            "microsoft365": f"https://login.microsoftonline.com/{self.tenant}/oauth2/v2.0/token",
            "google": "https://oauth2.googleapis.com/token",
        }
        return self.token_url or known.get(self.preset, "")

    @property
    def asked_scope(self) -> str:
        """What is asked for; "" leaves it to what was agreed when the refresh token was made."""
        if self.scope or self.preset != "microsoft365":
            return self.scope
        own = self.refresh_token is None
        return (
            f"https://outlook.{'office365.com/.default' if own else 'office.com/IMAP.AccessAsUser.All offline_access'}"
        )


class InboundImap(Section):
    """A mailbox that is fetched by IMAP; as many of these tables as there are mailboxes."""

    host: Line = Field(default="imap.example.org", min_length=1, description="The server, as its certificate names it.")
    port: Port = Field(default=993, description="Its port: 993 for tls, 143 for starttls and none.")
    security: Literal["tls", "starttls", "none"] = Field(default="tls", description="none is for loopback only.")
    user: Line = Field(default="care@example.org", min_length=1, description="Whose mailbox.")
    password: SomeSecret = Field(default=None, description="Better in password_file.")
    password_file: SomePath = Field(default=None, description="A file that holds the password, mode 0600.")
    oauth2: OAuth2 | None = Field(
        default=None,
        description="Instead of a password, as for Microsoft 365 and Google; its keys are in docs/config.md.",
    )
    folder: Line = Field(default="INBOX", min_length=1, description="Where mail arrives.")
    done_folder: Line = Field(
        default="", description='Where taken mail goes; "" deletes it, for it stands in the store.'
    )
    refused_folder: Line = Field(
        default="Refused", min_length=1, description="Where refused mail goes; a folder for nothing else."
    )
    keep_refused: SomeDuration = Field(
        default=timedelta(days=14), description='What has lain in refused_folder so long is deleted; "" keeps it.'
    )


class Trust(Section):
    """When the From line is believed."""

    policy: Literal["aligned", "upstream", "address-only"] = Field(
        default="aligned",
        description="aligned: we check SPF and DKIM; upstream: the server in front did; address-only: nobody checks.",
    )
    authserv_ids: tuple[str, ...] = Field(default=(), description="With upstream: whose Authentication-Results count.")
    resolver: SomeDns = Field(default=None, description='DNS server as "127.0.0.1:5353"; "" is the system\'s.')
    unknown_sender: Literal["refuse", "hold"] = Field(
        default="refuse",
        description="A mail from an address that is not registered: refuse, or hold it until its person confirms it.",
    )


class Inbound(Section):
    """The ways in."""

    smtp: InboundSmtp = InboundSmtp()
    imap: tuple[InboundImap, ...] = ()
    trust: Trust = Trust()


class Outbound(Section):
    """How notifications go out."""

    smarthost: Server = Field(
        default=Smarthost("smtp", "127.0.0.1", 25),
        description='The server that sends our mail: "smtp://host:port" or "smtps://host:port".',
    )
    user: Line = Field(default="", description="User there, if it asks for one.")
    password: SomeSecret = Field(default=None, description="Password there; better in password_file.")
    password_file: SomePath = Field(default=None, description="A file that holds the password, mode 0600.")
    from_: Sender = Field(
        default=Mailbox("", ""),
        alias="from",
        description='From of notifications, "Name <address>"; "" is relay@ the reply domain, with your name.',
    )
    dkim_selectors: tuple[Selector, ...] = Field(
        default=("relay-ed", "relay-rsa"),
        description="Every mail is signed with each keys/SELECTOR.pem (DKIM); [] leaves that to the smarthost.",
    )
    retry_for: Duration = Field(
        default=timedelta(days=3), description="A mail that cannot be sent is given up after this time."
    )
    per_domain: SomeCount = Field(
        default=6, description="Mails on their way to one domain at once, so that a slow one holds up no other."
    )
    tls: Literal["required", "opportunistic", "none"] = Field(
        default="required", description="For smtp:// to another machine; loopback needs none."
    )


class Notify(Section):
    """What a notification says, and when it comes."""

    reveal: Literal["nothing", "first-name", "name"] = Field(
        default="nothing", description="How much it says of who wrote."
    )
    quiet_hours: SomeHours = Field(
        default=None,
        description="Notices of messages wait in these hours of the receiver's day"
        ' ("21:00-07:00"); each person may choose others.',
    )


class Limits(Section):
    """Who sends more than this within the time is asked to try again later (451)."""

    per_person: SomeRate = Field(default=Rate(60, timedelta(minutes=1)), description="Mails from one person.")
    per_thread: SomeRate = Field(default=Rate(120, timedelta(minutes=1)), description="Mails into one thread.")
    per_ip: SomeRate = Field(
        default=Rate(600, timedelta(minutes=1)), description="Mails from one address; trusted fronts do not count."
    )
    same_text: SomeRate = Field(
        default=Rate(4, timedelta(minutes=10)),
        description="The same text from the same person: an autoresponder without headers.",
    )


class Chat(Section):
    """When a live conversation falls silent, one mail goes out for all of it."""

    quiet_after: Duration = Field(
        default=timedelta(minutes=5), description="This long after the last activity of either party."
    )
    max_hold: Duration = Field(
        default=timedelta(minutes=30),
        description="And never later than this after the first message that waits.",
    )


class Support(Section):
    """When a provider does not answer."""

    follow_up_after: SomeDuration = Field(
        default=timedelta(hours=48),
        description="A client whose message no person has answered by then is offered Support, and Support is told.",
    )
    business_days_only: Flag = Field(
        default=False, description="Count only the hours of business days, on the clock of organisation.timezone."
    )
    holidays: Holidays = Field(
        default="",
        description='Whose holidays and weekends do not count: "US", "US-CA", "DE-BY". "": Monday to Friday count.',
    )


class Crisis(Section):
    """Words that call for the emergency line at once."""

    phrases_file: SomePath = Field(
        default=None,
        description='A file of phrases, say "crisis.txt"; "" is off. No monitoring: read docs/crisis.md first.',
    )


class Guide(Section):
    """A row of the guide on whom to ask, shown where people write."""

    topic: Line = Field(min_length=1, description="What it is about.")
    ask: Literal["provider", "support"] = Field(description="Who knows: provider or support.")


class Attachments(Section):
    """Files. Type is told by content, not by name."""

    allow: tuple[Kind, ...] = Field(
        default=("pdf", "jpg", "png", "doc", "docx", "csv"), description="Types that are taken."
    )
    max_size: SomeSize = Field(default=read_size("18MiB"), description="The largest single file.")
    not_allowed: Literal["strip", "refuse"] = Field(
        default="strip",
        description="A file of another type: strip keeps the text and tells both sides, refuse refuses the mail.",
    )
    active_content: Literal["no", "yes"] = Field(
        default="no", description="yes takes files with macros or scripts in them."
    )
    scanner: SomeScanner = Field(
        default=None,
        description='Virus scanner: "clamd://127.0.0.1:3310" or "clamd:///run/clamav/clamd.ctl"; its StreamMaxLength'
        " must be over max_size. While it is down, mails with files are asked to come again later.",
    )


class Store(Section):
    """Where messages are kept, sealed."""

    url: Database = Field(
        default="sqlite:///relay.db",
        repr=False,
        description='"sqlite:///relay.db" or "postgresql://user@host/name" (extra: postgres).',
    )
    url_file: SomePath = Field(default=None, description="A file that holds the url instead, mode 0600.")


class Keys(Section):
    """Custody of the keys."""

    source: Source = Field(
        default=KeySource("file", "keys/master.key"),
        description='The master key: "file:PATH" or "env:NAME"; 32 octets as 64 hex digits.',
    )
    ring: Database = Field(
        default="sqlite:///keys/ring.db",
        repr=False,
        description="The key ring, a store of its own: back it up apart, and briefly.",
    )
    ring_file: SomePath = Field(default=None, description="A file that holds the ring's url instead, mode 0600.")


class Portal(Section):
    """The pages that notifications lead to."""

    listen: Socket = Field(
        default=Listen("127.0.0.1", 8080), description="Address and port; a web server with TLS stands in front."
    )
    url: Url = Field(
        default="http://127.0.0.1:8080", description="How people reach it; https, unless it is this machine."
    )
    idle_timeout: Duration = Field(
        default=timedelta(minutes=15), description="Signed out after so long without a click."
    )
    external_url_template: str = Field(
        default="", description="Link to a portal that you already have instead.", json_schema_extra=LATER
    )


class Operator(Section):
    """For you and your monitoring: /healthz /readyz /metrics. Never on the portal's port."""

    listen: Socket = Field(default=Listen("127.0.0.1", 9090), description="Address and port; keep it inside.")


GUIDE = (  # R13
    Guide(topic="Clinical concerns", ask="provider"),
    Guide(topic="Therapy and treatment planning", ask="provider"),
    Guide(topic="Cancelling or changing an appointment less than 24 hours away", ask="provider"),
    Guide(topic="Prescriptions, refills and pharmacy", ask="provider"),
    Guide(topic="Superbills", ask="provider"),
    Guide(topic="Referrals", ask="provider"),
    Guide(topic="Clinical forms", ask="provider"),
    Guide(topic="Your account", ask="support"),
    Guide(topic="Billing", ask="support"),
    Guide(topic="Insurance", ask="support"),
    Guide(topic="Cancelling an appointment more than 24 hours away", ask="support"),
    Guide(topic="Medical-record requests", ask="support"),
    Guide(topic="The portal and technical questions", ask="support"),
    Guide(topic="Finding a new provider", ask="support"),
)


class Settings(Section):
    """The whole of relay.toml."""

    folder: Path = Field(exclude=True)  #: the config folder; not a key of the file
    organisation: Organisation = Organisation()
    address: Reply = Reply()
    inbound: Inbound = Inbound()
    outbound: Outbound = Outbound()
    notify: Notify = Notify()
    limits: Limits = Limits()
    chat: Chat = Chat()
    support: Support = Support()
    crisis: Crisis = Crisis()
    guide: tuple[Guide, ...] = GUIDE
    attachments: Attachments = Attachments()
    store: Store = Store()
    keys: Keys = Keys()
    portal: Portal = Portal()
    operator: Operator = Operator()


def read(tables: Mapping[str, Any], folder: Path) -> Settings:
    """Read the tables of relay.toml; `read({}, folder)` gives the defaults. Raises pydantic's ValidationError.

    Paths become absolute; the name in the greeting and the sender follow from the reply domain where they are "".
    """
    settings = Settings.model_validate({**tables, "folder": folder}, context={"folder": folder})
    smtp, outbound, domain = settings.inbound.smtp, settings.outbound, settings.address.domain
    if not smtp.hostname:
        inbound = settings.inbound.model_copy(update={"smtp": smtp.model_copy(update={"hostname": domain})})
        settings = settings.model_copy(update={"inbound": inbound})
    if not outbound.from_.address:
        sender = Mailbox("", f"relay@{domain}")
        settings = settings.model_copy(update={"outbound": outbound.model_copy(update={"from_": sender})})
    return settings
