"""Answers beside votes. Tallies without them are made anew by the next fold, some hundreds at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_group_rates")]

    operations = [
        migrations.AddField(
            "comparisontally",
            "answers",
            models.BinaryField(
                default=bytes, help_text="Every last word of a rater, repeats too, as quality looks at it"
            ),
        ),
        migrations.AddField(
            "comparisontally",
            "words",
            models.PositiveIntegerField(
                help_text="To read, prompt and responses; null in a tally from before answers were kept", null=True
            ),
        ),
    ]
