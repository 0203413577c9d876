"""How long each response is, beside its texts: a report of many needs the lengths alone."""

import generation.models.responses
from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor):
    Response = apps.get_model("generation", "Response")  # noqa: N806  a class
    batch = []
    for response in Response.objects.only("pk", "turns").iterator(BATCH):
        response.characters = sum(map(len, response.turns))
        batch.append(response)
        if len(batch) == BATCH:
            Response.objects.bulk_update(batch, ["characters"])
            batch = []
    Response.objects.bulk_update(batch, ["characters"])


class Migration(migrations.Migration):
    dependencies = [("generation", "0007_sighting_fence")]

    operations = [
        migrations.AddField(
            "response",
            "characters",
            generation.models.responses.CharactersField(
                default=0, editable=False, help_text="Of all turns together: lengths are read without texts"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
