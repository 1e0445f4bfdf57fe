"""Whose word we take for who a provider is: the authorities that this machine trusts, or those of SSL_CERT_FILE.

Read once for the whole process. Each SDK reads them anew for every client, and google-genai three times: 30 ms of
the event loop each, while a room is waiting for its first question.
"""

import ssl
from functools import cache


@cache
def trusted() -> ssl.SSLContext:
    """Raises ssl.SSLError or OSError if SSL_CERT_FILE names no file of certificates."""
    import httpx2  # lazily, like the SDKs: a page never needs it

    return httpx2.create_ssl_context()
