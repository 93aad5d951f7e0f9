"""Sentences of Django and allauth that readers meet, listed here so that our translations hold them.

Ours replace the libraries' own: allauth has no nynorsk, and both are politer and longer than the portal is.
Nothing imports this file; the collecting of messages reads it.
"""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("The username and/or password you specified are not correct."),
    gettext_noop("The email address and/or password you specified are not correct."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("This account is currently inactive."),
    gettext_noop("Please type your current password."),
    gettext_noop("Incorrect password."),
    gettext_noop("Incorrect code."),
    gettext_noop("Invalid or expired key."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Current Password"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Password (again)"),
    gettext_noop("Email"),
    gettext_noop("Code"),
    gettext_noop("Authenticator code"),
    gettext_noop("Forgot your password?"),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("The email address is not assigned to any user account."),
)
