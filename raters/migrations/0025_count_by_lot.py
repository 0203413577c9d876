from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("raters", "0024_known_stop_rules")]

    operations = [
        migrations.RemoveIndex(model_name="comparison", name="comparison_open_by_lot"),
        migrations.AddIndex(
            model_name="comparison",
            index=models.Index(
                fields=["study", "status", "kind", "ratings_taken", "lot", "ratings_wanted", "prompt"],
                name="comparison_open_by_lot",
            ),
        ),
    ]
