from django.db import migrations, models

import raters.studies.stopping


class Migration(migrations.Migration):
    dependencies = [("raters", "0023_archived")]

    operations = [
        migrations.AlterField(
            model_name="study",
            name="stop_rule",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="By what rating may end before every judgment is there; empty: by nothing",
                validators=[raters.studies.stopping.known_stop_rule],
            ),
        ),
    ]
