"""What each hazard is called on raters' pages, in their language; the codes are the taxonomy's."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "vcr": _("violent crimes"),
    "ncr": _("non-violent crimes"),
    "src": _("sex-related crimes"),
    "cse": _("child sexual exploitation"),
    "iwp": _("indiscriminate weapons (CBRNE)"),
    "ssh": _("suicide and self-harm"),
    "hte": _("hate"),
    "prv": _("privacy"),
    "ipv": _("intellectual property"),
    "dfm": _("defamation"),
    "spc": _("specialised advice"),
    "sxc": _("sexual content"),
}
