"""Influences of large studies are told in standard errors, too: what was kept without them is worked out again."""

from django.db import migrations


def work_out_again(apps, schema_editor):
    apps.get_model("reports", "KeptQuality").objects.update(folds=0)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0011_report_failure"),
    ]

    operations = [
        migrations.RunPython(work_out_again, migrations.RunPython.noop),
    ]
