from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promptsets", "0003_searchable_prompts")]

    operations = [
        migrations.AddField(
            model_name="promptset",
            name="archived_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="No longer offered; kept all the same", null=True
            ),
        ),
    ]
