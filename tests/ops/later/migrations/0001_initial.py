from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Shelter",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("place", models.CharField(max_length=100)),
                ("seen_at", models.DateTimeField(auto_now_add=True)),
                ("sketch", models.BinaryField(default=b"")),
                ("details", models.JSONField(default=dict)),
                ("open_for", models.DurationField(null=True)),
                ("near", models.ForeignKey(null=True, on_delete=models.CASCADE, to="later.shelter")),
            ],
        ),
    ]
