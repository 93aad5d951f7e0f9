"""What a password may not be made of, beside Django's own rules."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from municipalities.models import Membership, MunicipalityVersion, OfficeName

PORTAL_WORDS = ("leve hele livet", "leve heile livet", "levehelelivet", "helsedirektoratet", "statsforvalteren")
LEFT = 8


class PlaceNameValidator:
    """A password needs ``LEFT`` letters besides the portal's name and the names of one's municipality or office:
    ``Fredrikstad2024!`` is what somebody who knows where a person works tries first."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = _plain(password)
        words = sorted({_plain(word) for word in (*PORTAL_WORDS, *_places(user))}, key=len, reverse=True)
        named = False
        for word in words:
            if len(word) > 2 and word in rest:
                rest, named = rest.replace(word, ""), True
        if named and len(re.sub(r"[^a-z]", "", rest)) < LEFT:
            raise ValidationError(
                _("The password is little more than the name of the portal or of the place where you work."),
                code="password_place_name",
            )

    def get_help_text(self) -> str:
        return _("The password cannot be the name of the portal or of the place where you work with something added.")


def _places(user: Any) -> set[str]:
    """What the places where ``user`` has or had a role are or were called."""
    if getattr(user, "pk", None) is None:
        return set()
    rows = Membership.objects.filter(user_id=user.pk).values_list("municipality_id", "office_id")
    units = {unit for unit, _office in rows if unit is not None}
    offices = {office for _unit, office in rows if office is not None}
    names = set(MunicipalityVersion.objects.filter(municipality_id__in=units).values_list("name", flat=True))
    return names | set(OfficeName.objects.filter(office_id__in=offices).values_list("short_name", flat=True))


def _plain(text: str) -> str:
    """Small letters, without accents, spaces and hyphens; æ, ø and å as people type them without a Norwegian key."""
    text = text.casefold().replace("æ", "ae").replace("ø", "o")
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.sub(r"[\s_-]+", "", text)
