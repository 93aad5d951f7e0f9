"""What claims and the configuration say: organisation numbers, levels, groups, and faults that stop the start."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from municipalities.models import MunicipalityVersion
from municipalities.oidc.claims import acr_suffices, answer_of, organisation_number_valid, organisations
from municipalities.oidc.config import read, trusted_address
from municipalities.services.login import units_represented
from tests.login.provider import FREDRIKSTAD, KAUTOKEINO, OSLO, PEM, RESOURCE, represents

DAY = dt.date(2022, 5, 4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["ID", "reportees", "type", "x"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("number", [FREDRIKSTAD, OSLO, KAUTOKEINO, "974760673", "971040238"])
def test_numbers_of_the_register(number):
    assert organisation_number_valid(number)
    for place in range(9):  # any one digit written wrong is found
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not organisation_number_valid(wrong)


@pytest.mark.parametrize(
    "number", ["", "94003954", "9400395411", "94003954x", "９４００３９５４１", "٩٤٠٠٣٩٥٤١", "-40039541"]
)
def test_what_is_no_number(number):
    assert not organisation_number_valid(number)


def party(**changed):
    return {"Authority": "iso6523-actorid-upis", "ID": f"0192:{FREDRIKSTAD}", "Name": "FREDRIKSTAD", **changed}


@pytest.mark.parametrize(
    ("reportee", "counts"),
    [
        (party(), True),
        (party(ID=f"9908:{FREDRIKSTAD}"), False),
        (party(ID=FREDRIKSTAD), False),
        (party(ID=f"0192:{FREDRIKSTAD}\n"), False),
        (party(ID=f" 0192:{FREDRIKSTAD}"), False),
        (party(ID=[f"0192:{FREDRIKSTAD}"]), False),
        (party(Authority="another"), False),
        (party(Authority=None), False),
        ({"ID": f"0192:{FREDRIKSTAD}"}, False),
        ("0192", False),
    ],
)
def test_which_reportees_count(reportee, counts):
    found = organisations([{**RESOURCE, "reportees": [reportee]}], [RESOURCE])
    assert found == ([FREDRIKSTAD] if counts else [])


def test_several_in_their_order_and_each_once():
    details = [*represents(OSLO, FREDRIKSTAD, OSLO), *represents(KAUTOKEINO)]
    assert organisations(details, [RESOURCE]) == [OSLO, FREDRIKSTAD, KAUTOKEINO]


def test_the_form_of_altinn_three():
    orgno = {"authority": "iso6523-actorid-upis", "ID": f"0192:{OSLO}"}
    details = [{**RESOURCE, "authorized_parties": [{"orgno": orgno, "unit_type": "KOMM"}, {"orgno": None}, 7]}]
    assert organisations(details, [RESOURCE]) == [OSLO]


@pytest.mark.parametrize(
    "changed", [{"resource": "urn:altinn:resource:another"}, {"type": "another"}, {"resource": None}]
)
def test_only_what_was_asked_for_counts(changed):
    assert organisations(represents(OSLO, **changed), [RESOURCE]) == []
    assert organisations(represents(OSLO, **changed), []) == [OSLO]


@given(JSON)
def test_no_claim_is_too_strange(value):
    assert organisations(value, [RESOURCE]) == []
    claims = dict.fromkeys(("authorization_details", "groups", "email", "name", "sid", "acr", "email_verified"), value)
    answer = answer_of({"sub": "kari", **claims}, "ansattporten", [])
    assert isinstance(answer.groups, frozenset) and len(answer.session) <= 500
    assert not answer.email or value is True or isinstance(value, str)


@pytest.mark.parametrize(
    ("acr", "lowest", "enough"),
    [
        ("substantial", "substantial", True),
        ("idporten-loa-substantial", "substantial", True),
        ("idporten-loa-high", "substantial", True),
        ("high", "idporten-loa-high", True),
        ("substantial", "high", False),
        ("idporten-loa-low", "substantial", False),
        ("entraid", "substantial", False),
        ("", "substantial", False),
        (None, "substantial", False),
        (4, "substantial", False),
    ],
)
def test_levels(acr, lowest, enough):
    assert acr_suffices(acr, lowest) is enough


@pytest.mark.django_db
def test_a_number_means_the_municipality_of_the_day(numbered):
    unit = numbered.unit("3004").pk
    assert units_represented([FREDRIKSTAD], DAY) == (unit,)
    assert units_represented([FREDRIKSTAD], dt.date(2024, 1, 1)) == (), "another version, which has no number here"
    assert set(units_represented([OSLO], DAY)) == {numbered.unit("0301").pk, numbered.unit("030101").pk}
    assert units_represented(["974760673", ""], DAY) == () == units_represented([], DAY)


@pytest.mark.django_db
def test_what_is_made_up_for_training_is_nobodys(numbered):
    row = MunicipalityVersion.objects.get(number="3004")
    row.municipality.kind = "training"
    row.municipality.save()
    assert units_represented([FREDRIKSTAD], DAY) == ()


GOOD = {
    "key": "ansattporten",
    "kind": "municipality",
    "name": "Ansattporten",
    "issuer": "https://ansattporten.example",
    "client_id": "portalen",
    "client_secret": "x",
}
STAFF = {**GOOD, "key": "entra", "kind": "staff", "issuer": "https://entra.example", "groups": {"g": {"role": "hdir"}}}


def test_what_a_good_configuration_gives():
    first, second = read(json.dumps([GOOD, STAFF]))
    assert (first.acr, first.acr_values, first.scope) == ("substantial", "substantial", ("openid",))
    assert (second.acr, second.scope) == ("", ("openid", "profile", "email"))
    assert "client_secret" not in repr(first) and read("") == ()


def test_a_private_key_from_a_file(tmp_path):
    (tmp_path / "key.pem").write_text(PEM)
    entry = {**GOOD, "client_secret": "", "private_key_file": str(tmp_path / "key.pem")}
    assert read(json.dumps([entry]))[0].private_key == PEM


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("{", "not JSON"),
        ("{}", "list of objects"),
        ([{**GOOD, "issuer": "http://ansattporten.example"}], "issuer"),
        ([{**GOOD, "kind": "other"}], "kind"),
        ([{**GOOD, "client_id": ""}], "client_id"),
        ([{**GOOD, "key": "Ansatt porten"}], "key"),
        ([{**GOOD, "acr": "low"}], "acr"),
        ([{**GOOD, "acr": ""}], "acr"),
        ([{**GOOD, "client_secret": ""}], "private key"),
        ([{**GOOD, "private_key": "x"}], "private key"),
        ([{**GOOD, "private_key_file": "/no/such/file"}], "private_key_file"),
        ([{**GOOD, "clientsecret": "x"}], "unknown field"),
        ([{**GOOD, "authorization_details": [{}]}], "authorization_details"),
        ([{**GOOD, "groups": {"g": {"role": "hdir"}}}], "groups"),
        ([{**STAFF, "groups": {}}], "groups"),
        ([{**STAFF, "groups": {"g": {"role": "municipality_editor"}}}], "no role of the state"),
        ([{**STAFF, "groups": {"g": {"role": "statsforvalter"}}}], "must name an office"),
        ([{**STAFF, "groups": {"g": {"role": "hdir", "office": "x"}}}], "must name an office"),
        ([GOOD, GOOD], "same key"),
        ([GOOD, {**GOOD, "key": "two"}], "same issuer"),
    ],
)
def test_a_fault_is_told(entries, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        read(entries if isinstance(entries, str) else json.dumps(entries))


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://a.example/x", True),
        ("http://127.0.0.1:9/x", True),
        ("http://localhost/x", True),
        ("http://a.example/x", False),
        ("http://127.0.0.1.a.example/", False),
        ("https:///x", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        (None, False),
        ("https://[broken", False),
    ],
)
def test_which_addresses_are_spoken_to(url, trusted):
    assert trusted_address(url) is trusted
