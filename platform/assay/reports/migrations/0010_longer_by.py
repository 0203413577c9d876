"""How much longer one response is, beside the votes: read from the tallies, where every report had read all responses."""

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    tallies, comparisons = apps.get_model("reports", "ComparisonTally"), apps.get_model("raters", "Comparison")
    own = comparisons.objects.filter(pk=OuterRef("comparison"))
    less = own.values(less=F("response_a__characters") - F("response_b__characters"))
    tallies.objects.update(longer_by=Subquery(less))


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_kept_influences"),
        ("raters", "0022_viewports"),
        ("generation", "0009_run_priority"),
    ]

    operations = [
        migrations.AddField(
            "comparisontally",
            "longer_by",
            models.IntegerField(
                help_text="Characters of arm a's response less those of arm b's; null where one is missing",
                null=True,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
