"""The later version's table."""

from django.db import models


class Shelter(models.Model):
    """A shelter: earlier one text `place`, later two columns."""

    id = models.UUIDField(primary_key=True)
    street = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    seen_at = models.DateTimeField(auto_now_add=True)
    sketch = models.BinaryField(default=b"")
    details = models.JSONField(default=dict)
    open_for = models.DurationField(null=True)
    near = models.ForeignKey("self", models.CASCADE, null=True)

    class Meta:
        app_label = "later"
