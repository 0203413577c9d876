"""What the rating page shows of a rater's welfare, without its view having to know of it."""

from typing import Any

from django import template

from raters.care.welfare import exposure_of, is_limited
from raters.models import Study

register = template.Library()


@register.inclusion_tag("raters/exposure.html", takes_context=True)
def exposure_meter(context: dict[str, Any], study: Study) -> dict[str, Any]:
    """How much of this stretch of work the signed-in rater has behind them; nothing where the study sets no cap."""
    rater = getattr(context["user"], "rater", None)
    return {"exposure": exposure_of(rater, study) if rater and is_limited(study) else None}
