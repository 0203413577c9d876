"""The request of somebody who has signed in, for views behind a gate that lets nobody else through."""

from django.http import HttpRequest

from assay.accounts.models import User


class SignedInRequest(HttpRequest):
    user: User
