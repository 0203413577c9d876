"""Who is let into a study: raters by links, staff by roles."""

from datetime import datetime
from typing import Annotated, Any

from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from assay.accounts.models import User
from assay.api.authentication import ApiRequest, Token
from assay.api.fields import Body, ShortText, Slug
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import refusals
from assay.api.studies import changeable, found_in, visible
from promptsets.refusals import FieldError
from raters.models import Invitation, Study, StudyMember
from raters.studies.roles import Role
from raters.studies.sharing import share, unshare
from raters.way_in.inviting import invite

router = Router(tags=["studies"])


class InvitationIn(Body):
    label: ShortText = ""
    uses: Annotated[int, Field(ge=1, le=100_000, description="For how many raters")] = 1
    days: Annotated[int, Field(ge=1, le=365, description="For how many days it is good")] = 14


class LinkOut(Schema):
    link: str = Field(description="Shown this once: only its digest is kept")


class InvitationOut(Schema):
    label: str
    max_uses: int
    uses: int
    expires_at: datetime
    created_at: datetime


class MemberIn(Body):
    user: ShortText = Field(description="User name of a researcher")
    role: Role | None = Field(description="null takes the role away")


class MemberOut(Schema):
    user: str
    role: str


@router.get(
    "/{slug}/invitations",
    auth=Token(),
    response=Page[InvitationOut],
    summary="Links for raters, without the links",
)
def list_invitations(
    request: ApiRequest, slug: Slug, after: After = "", limit: Limit = 100
) -> dict[str, Any]:
    return page_of(visible(request, slug).invitations.all(), after, limit, invitation_out)


@router.post(
    "/{slug}/invitations",
    auth=Token("studies:write"),
    response={201: LinkOut},
    summary="Make a link for raters",
)
def make_invitation(request: ApiRequest, slug: Slug, payload: InvitationIn) -> Status[dict[str, Any]]:
    token = invite(changeable(request, slug), **payload.model_dump(), actor=request.user)
    return Status(201, {"link": request.build_absolute_uri(reverse("raters:join", args=[token]))})


@router.get("/{slug}/members", auth=Token(), response=Page[MemberOut], summary="Who works on a study")
def list_members(request: ApiRequest, slug: Slug, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    members = visible(request, slug).members.select_related("user")
    return page_of(members, after, limit, member_out)


@router.post(
    "/{slug}/members",
    auth=Token("studies:write"),
    response=list[MemberOut],
    summary="Share a study, or stop sharing it",
)
def share_study(request: ApiRequest, slug: Slug, payload: MemberIn) -> list[dict[str, Any]]:
    """Gives somebody a role in place of the one they had. An owner's act; one owner always stays."""
    visible(request, slug)
    study = found_in(Study.objects.for_owner(request.user), slug)
    with refusals():
        user = User.objects.filter(username=payload.user).first()
        if user is None:
            raise FieldError("user", f"There is nobody called {payload.user!r}.")
        if payload.role is None:
            unshare(study, user, request.user)
        else:
            share(study, user, payload.role, request.user)
    return [member_out(row) for row in study.members.select_related("user")]


def invitation_out(row: Invitation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in InvitationOut.model_fields}


def member_out(row: StudyMember) -> dict[str, Any]:
    return {"user": row.user.get_username(), "role": row.role}
