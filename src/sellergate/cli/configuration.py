"""What is set, and tokens to try it with."""

from dataclasses import asdict, astuple, fields
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

import typer

from sellergate.cli.opening import actor
from sellergate.cli.output import show_json, show_table
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.tokens import issue_token
from sellergate.settings import ConfigurationError, Explained, explain, load_settings

OWN_ID: Final = {Role.SELLER: "--seller-id", Role.SUPPLIER: "--supplier-id"}


class TokenRole(StrEnum):
    """What a token lets its bearer do."""

    SELLER = "seller"
    SUPPLIER = "supplier"
    OPERATOR = "operator"
    ADMIN = "admin"
    SERVICE = "service"


RoleOption = Annotated[
    list[TokenRole], typer.Option("--role", help="What the bearer may do; repeat it for several roles.")
]
SellerId = Annotated[str | None, typer.Option(metavar="ID", help="Whose token it is; needed for the role seller.")]
SupplierId = Annotated[str | None, typer.Option(metavar="ID", help="Whose token it is; needed for the role supplier.")]
Subject = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who bears it. [default: the seller, the supplier, or you]")
]
Hours = Annotated[float, typer.Option(metavar="HOURS", min=0.01, max=8760, help="How long it is good.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def token(
    role: RoleOption,
    seller_id: SellerId = None,
    supplier_id: SupplierId = None,
    subject: Subject = None,
    hours: Hours = 12,
) -> None:
    """Print a token to call the API with, and nothing else.

    It is signed with SELLERGATE_JWT_SECRET.
    """
    tokens = load_settings().tokens
    if tokens.secret is None:
        raise ConfigurationError("SELLERGATE_JWT_SECRET", "", "a secret of at least 32 bytes is needed to sign a token")
    ids = {Role.SELLER: seller_id, Role.SUPPLIER: supplier_id}
    for owner, option in OWN_ID.items():
        id = ids[owner]
        if id is not None:
            checked_id(id, option)
        elif owner.value in role:
            raise typer.BadParameter(f"The role {owner} needs it", param_hint=option)
    typer.echo(
        issue_token(
            tokens.secret,
            subject=subject or seller_id or supplier_id or actor(Role.OPERATOR).id,
            roles=[one.value for one in role],
            seller_id=seller_id,
            supplier_id=supplier_id,
            lifetime=timedelta(hours=hours),
            issuer=tokens.issuer,
            audience=tokens.audience,
        )
    )


def settings(as_json: AsJson = False) -> None:
    """Show every setting with its value; secrets are masked."""
    rows = list(explain(load_settings()))
    if as_json:
        show_json([asdict(row) for row in rows])
    else:
        show_table([field.name for field in fields(Explained)], (astuple(row) for row in rows))
