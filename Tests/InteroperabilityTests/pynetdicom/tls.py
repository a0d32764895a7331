"""TLS as the environment says: TLS_CA, TLS_CERTIFICATE and TLS_KEY name files; without TLS_CA there is no TLS."""

import os
import ssl


def context(purpose):
    """A context that verifies the other side, or None."""
    if "TLS_CA" not in os.environ:
        return None
    made = ssl.create_default_context(purpose, cafile=os.environ["TLS_CA"])
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_cert_chain(os.environ["TLS_CERTIFICATE"], os.environ["TLS_KEY"])
    return made


def of_requestor():
    """What `AE.associate` takes as `tls_args`."""
    made = context(ssl.Purpose.SERVER_AUTH)
    return made and (made, "localhost")


def of_acceptor():
    """What `AE.start_server` takes as `ssl_context`."""
    return context(ssl.Purpose.CLIENT_AUTH)
