from django.db import migrations, models


def split(apps, schema_editor):
    for shelter in apps.get_model("later", "Shelter").objects.all():
        shelter.street, number = shelter.place.rsplit(" ", 1)
        shelter.number = int(number)
        shelter.save(update_fields=["street", "number"])


class Migration(migrations.Migration):
    dependencies = [("later", "0001_initial")]
    operations = [
        migrations.AddField("shelter", "street", models.CharField(max_length=80, default="")),
        migrations.AddField("shelter", "number", models.PositiveIntegerField(default=0)),
        migrations.RunPython(split, migrations.RunPython.noop),
        migrations.RemoveField("shelter", "place"),
        migrations.AlterField("shelter", "street", models.CharField(max_length=80)),
        migrations.AlterField("shelter", "number", models.PositiveIntegerField()),
    ]
