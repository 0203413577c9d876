from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0007_kept_quality'),
    ]

    operations = [
        migrations.AddField(
            model_name='keptquality',
            name='windows',
            field=models.JSONField(default=list, help_text='What was said on narrow windows, and on wide ones'),
        ),
    ]
