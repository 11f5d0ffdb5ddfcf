"""The credentials that the sandbox accepts, and the variables by which a client connects to it.

They open nothing but an invented company on the loopback address, so they may stand in the open.
"""

from __future__ import annotations

from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

DEFAULT_PORT = 8765

HUBSPOT_ACCESS_TOKEN = "pat-na1-5a11e500-0000-4000-8000-00000000beef"  # noqa: S105
HUBSPOT_CLIENT_ID = "5a11e500-1111-4000-8000-000000000001"
HUBSPOT_CLIENT_SECRET = "sandbox-hubspot-client-secret"  # noqa: S105
HUBSPOT_REFRESH_TOKEN = "na1-sandbox-refresh-token"  # noqa: S105

SALESFORCE_CLIENT_ID = "3MVG9sandboxConnectedApp"
SALESFORCE_CLIENT_SECRET = "sandbox-salesforce-client-secret"  # noqa: S105
SALESFORCE_USERNAME = "integration@sandbox.example"
SALESFORCE_REFRESH_TOKEN = "5Aep861sandboxRefreshToken"  # noqa: S105


PIPEDRIVE_API_TOKEN = "5a11e5000000000000000000000000000000beef"  # noqa: S105
PIPEDRIVE_CLIENT_ID = "5a11e50000000001"
PIPEDRIVE_CLIENT_SECRET = "sandbox-pipedrive-client-secret"  # noqa: S105
PIPEDRIVE_REFRESH_TOKEN = "11873402:17400714:sandbox-refresh-token"  # noqa: S105

# Whether the unit that keeps its deals in Pipedrive is there when nobody says.
PARTNERS_BY_DEFAULT = True


class KeyPair(NamedTuple):
    """PEM texts of an RSA key made for one run of the server."""

    private: str
    public: str


def environment(base_url: str, *, has_partners: bool = PARTNERS_BY_DEFAULT) -> dict[str, str]:
    """A client's variables: service token for HubSpot, client credentials for Salesforce, API token
    for Pipedrive."""
    pipedrive = {"PIPEDRIVE_BASE_URL": base_url, "PIPEDRIVE_API_TOKEN": PIPEDRIVE_API_TOKEN}
    return {
        "HUBSPOT_BASE_URL": base_url,
        "HUBSPOT_ACCESS_TOKEN": HUBSPOT_ACCESS_TOKEN,
        "SALESFORCE_LOGIN_URL": base_url,
        "SALESFORCE_CLIENT_ID": SALESFORCE_CLIENT_ID,
        "SALESFORCE_CLIENT_SECRET": SALESFORCE_CLIENT_SECRET,
        **(pipedrive if has_partners else {}),
    }


def oauth_environment(base_url: str, *, has_partners: bool = PARTNERS_BY_DEFAULT) -> dict[str, str]:
    """The same by refresh token at all vendors."""
    pipedrive = {
        "PIPEDRIVE_BASE_URL": base_url,
        "PIPEDRIVE_CLIENT_ID": PIPEDRIVE_CLIENT_ID,
        "PIPEDRIVE_CLIENT_SECRET": PIPEDRIVE_CLIENT_SECRET,
        "PIPEDRIVE_REFRESH_TOKEN": PIPEDRIVE_REFRESH_TOKEN,
    }
    return {
        "HUBSPOT_BASE_URL": base_url,
        "HUBSPOT_CLIENT_ID": HUBSPOT_CLIENT_ID,
        "HUBSPOT_CLIENT_SECRET": HUBSPOT_CLIENT_SECRET,
        "HUBSPOT_REFRESH_TOKEN": HUBSPOT_REFRESH_TOKEN,
        "SALESFORCE_LOGIN_URL": base_url,
        "SALESFORCE_CLIENT_ID": SALESFORCE_CLIENT_ID,
        "SALESFORCE_CLIENT_SECRET": SALESFORCE_CLIENT_SECRET,
        "SALESFORCE_REFRESH_TOKEN": SALESFORCE_REFRESH_TOKEN,
        **(pipedrive if has_partners else {}),
    }


def make_key_pair() -> KeyPair:
    """A throw-away key: the server keeps the public half to check Salesforce JWT bearers."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode(), public.decode())
