"""An association with a user identity through pynetdicom. Usage: identity.py PORT CALLING TYPE [PRIMARY [SECONDARY]]

TYPE 0 is no identity. Prints how the association was answered: `accepted`, with ` and answered` if there was a positive
response, or the three numbers of the rejection.
"""

import sys

from pynetdicom import AE, evt
from pynetdicom.pdu_primitives import UserIdentityNegotiation

port, calling, kind, *fields = sys.argv[1:]
rejections = []
ae = AE(ae_title=calling)
ae.add_requested_context("1.2.840.10008.1.1")
items = []
if kind != "0":
    identity = UserIdentityNegotiation()
    identity.user_identity_type = int(kind)
    identity.positive_response_requested = True
    identity.primary_field = fields[0].encode()
    if len(fields) > 1:
        identity.secondary_field = fields[1].encode()
    items.append(identity)


def received(event):
    if type(event.pdu).__name__ == "A_ASSOCIATE_RJ":
        rejections.append(f"{event.pdu.result},{event.pdu.source},{event.pdu.reason_diagnostic}")


association = ae.associate(
    "127.0.0.1",
    int(port),
    ae_title="NODE",
    ext_neg=items,
    evt_handlers=[(evt.EVT_PDU_RECV, received)],
)
if association.is_established:
    status = association.send_c_echo()
    print("accepted" + (" and answered" if association.acceptor.user_identity else ""))
    association.release()
    sys.exit(0 if status.Status == 0 else 1)
print(*rejections)
