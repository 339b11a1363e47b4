"""Sign-in accounts, grants and API tokens."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from renwang.base.fields import PathField


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; whose they are and what they may do is the services' business."""

    def create_user(self, username: str, password: str | None = None, **fields) -> "Account":
        """Create an account with a hashed password; None makes one that cannot sign in by password."""
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """How one person signs in. It may do nothing by itself: grants say what its person may."""

    username = models.CharField(_("sign-in name"), max_length=64, unique=True)
    email = models.EmailField(blank=True)
    person = models.OneToOneField("chain.Person", models.CASCADE, related_name="account")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = AccountManager()

    def get_full_name(self) -> str:
        """The person's name, as allauth's pages ask for it."""
        return self.person.name


class Grant(models.Model):
    """(person, capability bundle, place, from, until, given by): the only source of permission."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="grants")
    bundle = models.CharField(max_length=40)
    unit = models.ForeignKey("chain.Unit", models.CASCADE, related_name="grants")
    path = PathField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    post = models.ForeignKey(
        "chain.Post", models.CASCADE, null=True, related_name="grants"
    )  # it comes with this post
    given_by = models.ForeignKey("self", models.CASCADE, null=True, related_name="delegated")
    giver = models.ForeignKey(
        "chain.Person", models.SET_NULL, null=True, related_name="given_grants"
    )
    reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)  # taken back before its end

    class Meta:
        indexes = [models.Index(fields=["person", "ended_at"], name="grant_person")]


class Token(models.Model):
    """A key to the API: carries a part of its person's grants and nothing more. Only its digest is kept."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("chain.Person", models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)  # capabilities; empty means none
    created_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
