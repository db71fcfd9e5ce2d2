"""What the fixtures put into the database, so that an edited row can be told from an untouched one."""

from django.db import models


class SeedRecord(models.Model):
    """One fixture object as it was last loaded.

    ``fields`` maps field name to a digest of the value that was written. A row whose fields still have these
    digests was edited by no one; a record whose row is gone was deleted by someone and stays deleted.
    """

    model = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    fields = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "装载记录"
        constraints = [models.UniqueConstraint(fields=("model", "key"), name="seed_record_unique")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
