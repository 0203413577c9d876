"""What a token may be allowed to do. Beyond its scopes it may never do more than the person it belongs to."""

from django.utils.translation import gettext_lazy as _

READ, UNBLIND = "read", "unblind"
SCOPES = {
    READ: _("read all that its owner may see"),
    "prompts:write": _("bring in prompt sets"),
    "checkpoints:write": _("register checkpoints and import responses"),
    "runs:write": _("start, stop and retry generation runs"),
    "studies:write": _("make, lock, start, pause and finish studies, invite raters"),
    "reports:write": _("have reports written"),
    "exports:write": _("have exports made, and cancel them"),
    "evaluations:write": _("watch places, make and change standing plans, start and stop their runs"),
    "people:read": _("read who there is and the audit log (administrators)"),
    "people:write": _("invite people and change their roles (administrators)"),
    "raters:forget": _("forget a rater, for good (administrators)"),
    UNBLIND: _("unblind studies, and see names where its owner may"),
}
