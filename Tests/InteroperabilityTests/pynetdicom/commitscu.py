"""Stores files and asks for storage commitment with pynetdicom; prints the results that it is told, one a line.

Usage: commitscu.py PORT OWN-PORT same|other TIMES FILE...
same: the association of the request stays open until the result has come on it. other: it is released, and the result
comes to OWN-PORT, where the requestor of the association is SCP. Asks TIMES times with one Transaction UID, for every
file and for an instance that there is not. A result is `EVENT-TYPE TRANSACTION-IS-OURS KEPT FAILED`; FAILED is
`UID:REASON`, with commas between.
"""

import queue
import sys

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID, generate_uid
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, StorageCommitmentPushModelInstance

port, own_port, mode, times, *paths = sys.argv[1:]
results = queue.Queue()
transaction = generate_uid(prefix=None)


def report(event):
    information = event.event_information
    kept = len(information.get("ReferencedSOPSequence", []))
    failed = ",".join(
        f"{item.ReferencedSOPInstanceUID}:{item.FailureReason:04X}" for item in information.get("FailedSOPSequence", [])
    )
    is_ours = information.TransactionUID == transaction
    results.put(f"{event.event_type} {is_ours} {kept} {failed or '-'}")
    return 0x0000, None


handlers = [(evt.EVT_N_EVENT_REPORT, report)]
request = Dataset()
request.TransactionUID = transaction
request.ReferencedSOPSequence = []
ae = AE(ae_title="PYNETDICOM")
for path in paths:
    dataset = dcmread(path)
    ae.add_requested_context(dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID)
    item = Dataset()
    item.ReferencedSOPClassUID = dataset.SOPClassUID
    item.ReferencedSOPInstanceUID = dataset.SOPInstanceUID
    request.ReferencedSOPSequence.append(item)
missing = Dataset()
missing.ReferencedSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.2")
missing.ReferencedSOPInstanceUID = UID("1.2.3.999")
request.ReferencedSOPSequence.append(missing)
ae.add_requested_context(StorageCommitmentPushModel)

own = AE(ae_title="PYNETDICOM")
# The requestor may be SCP, and nothing else.
own.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
server = own.start_server(("127.0.0.1", int(own_port)), block=False, evt_handlers=handlers)

association = ae.associate("127.0.0.1", int(port), ae_title="DICOMNODE", evt_handlers=handlers)
if not association.is_established:
    sys.exit("no association")
for path in paths:
    status = association.send_c_store(path)
    if "Status" not in status or status.Status != 0:
        sys.exit(f"not stored: {path}: {status}")
for _ in range(int(times)):
    status, _ = association.send_n_action(
        request, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    if "Status" not in status or status.Status != 0:
        sys.exit(f"not taken: {status}")
    if mode == "same":
        print(results.get(timeout=60), flush=True)
if mode == "other":
    association.release()
    print(results.get(timeout=60), flush=True)
elif not association.is_established:
    sys.exit("the association did not last")
else:
    association.release()
server.shutdown()
sys.exit(0 if association.is_released else 1)
