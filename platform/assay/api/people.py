"""People, for administrators: who signs in by name, their roles, invitations; and a rater who is forgotten."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from assay.accounts.inviting import change_person, invite_person, staff, unanswered, withdraw
from assay.accounts.models import StaffInvitation, User
from assay.api.authentication import AdministratorsToken, ApiRequest
from assay.api.fields import Body, Email, Id, StaffRole
from assay.api.paging import After, Limit, Page, page_of
from assay.api.problems import Refused, refusals
from assay.operations.personal_data.forgetting import Forgotten, forget, would_forget

router = Router(tags=["people"])
READ, WRITE, FORGET = "people:read", "people:write", "raters:forget"
Who = Annotated[str, Field(min_length=1, max_length=254, pattern=r"^[^\x00]*$")]


class PersonOut(Schema):
    id: int
    user: str
    email: str
    role: str
    active: bool = Field(description="Whether this person may sign in")
    last_sign_in: datetime | None


class PersonIn(Body):
    """What is left out stays as it is."""

    role: Literal[*User.Role.values] | None = None  # type: ignore[valid-type]
    active: bool | None = None


class StaffInvitationIn(Body):
    email: Email
    role: StaffRole


class StaffInvitationOut(Schema):
    id: int
    email: str
    role: str
    open: bool = Field(description="Whether its link still lets somebody in")
    expires_at: datetime
    created_at: datetime


class StaffLinkOut(Schema):
    invitation: StaffInvitationOut
    link: str = Field(description="Shown this once: only its digest is kept. It is yours to send")


class ForgetIn(Body):
    who: Who = Field(description="The rater's code, e-mail address or ID of the recruiting site")
    sure: bool = Field(default=False, description="false: only tell what would go")


class ForgottenOut(Schema):
    """Of one rater: the code until then, and of how many rows of each kind something goes. The new code is not told."""

    rater: str
    removed: dict[str, int]


class ForgetOut(Schema):
    done: bool
    raters: list[ForgottenOut]


@router.get("", auth=AdministratorsToken(READ), response=Page[PersonOut], summary="List people")
def list_people(request: ApiRequest, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    """All who sign in by name; raters who come by a link are known by codes, on their studies."""
    return page_of(staff(), after, limit, person_out)


@router.get(
    "/invitations",
    auth=AdministratorsToken(READ),
    response=Page[StaffInvitationOut],
    summary="Invitations of people, without the links",
)
def list_staff_invitations(request: ApiRequest, after: After = "", limit: Limit = 100) -> dict[str, Any]:
    """Those that nobody has followed or withdrawn."""
    return page_of(unanswered(), after, limit, staff_invitation_out)


@router.post(
    "/invitations", auth=AdministratorsToken(WRITE), response={201: StaffLinkOut}, summary="Invite somebody"
)
def invite_somebody(request: ApiRequest, payload: StaffInvitationIn) -> Status[dict[str, Any]]:
    """Good once and for a week. Nothing is mailed: the link is in the answer."""
    with refusals():
        made = invite_person(payload.email, payload.role, request.user)
    link = request.build_absolute_uri(reverse("join_staff", args=[made.token]))
    return Status(201, {"invitation": staff_invitation_out(made.invitation), "link": link})


@router.post(
    "/invitations/{id}/withdraw",
    auth=AdministratorsToken(WRITE),
    response=StaffInvitationOut,
    summary="Withdraw an invitation",
)
def withdraw_staff_invitation(request: ApiRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    invitation = found(StaffInvitation, id)
    if not withdraw(invitation, request.user):
        raise Refused("It is over already: nobody can follow its link.")
    invitation.refresh_from_db()
    return staff_invitation_out(invitation)


@router.post("/forget", auth=AdministratorsToken(FORGET), response=ForgetOut, summary="Forget a rater")
def forget_a_rater(request: ApiRequest, payload: ForgetIn) -> dict[str, Any]:
    """Removes what tells who a rater is, for good; what they judged stays, under a new code. With `sure` alone."""
    with refusals():
        rows = forget(payload.who, request.user) if payload.sure else would_forget(payload.who)
    return {"done": payload.sure, "raters": [forgotten_out(one) for one in rows]}


# Last: its address takes any word for a number.
@router.patch(
    "/{id}", auth=AdministratorsToken(WRITE), response=PersonOut, summary="Change a role, or shut out"
)
def change_a_person(request: ApiRequest, id: Id, payload: PersonIn) -> dict[str, Any]:  # noqa: A002
    """Another administrator changes your own. Whoever rates in a study never comes to see names."""
    person = found(User, id)
    role = person.role if payload.role is None else payload.role
    active = person.is_active if payload.active is None else payload.active
    with refusals():
        change_person(person, role, active, request.user)
    person.refresh_from_db()
    return person_out(person)


def found(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def person_out(row: User) -> dict[str, Any]:
    told = {"id": row.pk, "user": row.username, "last_sign_in": row.last_login}
    return told | {"email": row.email, "role": row.role, "active": row.is_active}


def staff_invitation_out(row: StaffInvitation) -> dict[str, Any]:
    fields = ("email", "role", "expires_at", "created_at")
    return {name: getattr(row, name) for name in fields} | {"id": row.pk, "open": row.is_open}


def forgotten_out(one: Forgotten) -> dict[str, Any]:
    return {"rater": one.was, "removed": {str(what): rows for what, rows in one.rows}}
