from django.db import migrations


def forget(apps, schema_editor):
    """Numbers of runs without a verdict: they were told under checkpoints' names while the studies were blinded."""
    apps.get_model("evaluations", "Measure").objects.filter(of__run__verdict=None).delete()
    lines = apps.get_model("evaluations", "StepLine").objects
    lines.filter(step__name="report", step__run__verdict=None).delete()


class Migration(migrations.Migration):

    dependencies = [('evaluations', '0003_judges')]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
