"""How allauth behaves here: people are invited or added by an administrator; second factors are kept sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from assay.accounts.client_address import client_address
from assay.accounts.sealing import seal, unseal


class ClosedSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        # Behind a socket of the machine there is none; the list of sessions must have one.
        return client_address(request) or "127.0.0.1"


class SecondFactors(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The code as an element of our page: an image by data URI is against our policy of contents."""
        whole: str = super().build_totp_svg(url)
        return whole[whole.index("<svg") :]
