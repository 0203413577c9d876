"""A text column to search through: the JSON of the turns holds escapes, which a search would find or miss."""

from django.db import migrations, models

BATCH = 1000


def fill(apps, schema_editor):
    Prompt = apps.get_model("promptsets", "Prompt")  # noqa: N806  a class
    batch = []
    for prompt in Prompt.objects.only("pk", "key", "turns").iterator(BATCH):
        prompt.searchable = "\n".join([prompt.key, *prompt.turns]).casefold()
        batch.append(prompt)
        if len(batch) == BATCH:
            Prompt.objects.bulk_update(batch, ["searchable"])
            batch = []
    Prompt.objects.bulk_update(batch, ["searchable"])


class Migration(migrations.Migration):
    dependencies = [("promptsets", "0002_mappings_and_files")]

    operations = [
        migrations.AddField(
            "prompt",
            "searchable",
            models.TextField(
                default="", editable=False, help_text="Key and turns, case folded: what a search looks through"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
