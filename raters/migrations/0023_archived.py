from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("raters", "0022_viewports")]

    operations = [
        migrations.AddField(
            model_name="study",
            name="archived_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="No longer listed; kept all the same", null=True
            ),
        ),
    ]
