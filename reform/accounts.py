"""How people sign in: accounts are made by administrators, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """allauth's account rules, without sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
