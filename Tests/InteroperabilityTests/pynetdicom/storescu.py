"""C-STORE through pynetdicom, the data sets sent as they are in the files.

Usage: storescu.py PORT MAXIMUM-LENGTH FILE...
Proposes SCP/SCU role selection and an asynchronous operations window beside each file's own context: both are
answered or ignored, never a reason to refuse.
"""

import sys

import tls
from pydicom import dcmread
from pynetdicom import AE, _config, build_role
from pynetdicom.pdu_primitives import AsynchronousOperationsWindowNegotiation

# The data set's bytes go from the file to the network without being decoded.
_config.STORE_SEND_CHUNKED_DATASET = True

port, maximum_length, *paths = sys.argv[1:]
ae = AE(ae_title="PYNETDICOM")
ae.maximum_pdu_size = int(maximum_length)
roles = {}
for path in paths:
    meta = dcmread(path, stop_before_pixels=True, specific_tags=[]).file_meta
    ae.add_requested_context(meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID)
    roles[meta.MediaStorageSOPClassUID] = build_role(meta.MediaStorageSOPClassUID, scu_role=True)
window = AsynchronousOperationsWindowNegotiation()
window.maximum_number_operations_invoked = 5
window.maximum_number_operations_performed = 1
association = ae.associate(
    "127.0.0.1",
    int(port),
    ae_title="DICOMNODE",
    ext_neg=[*roles.values(), window],
    tls_args=tls.of_requestor(),
)
if not association.is_established:
    sys.exit("no association")
failed = 0
for path in paths:
    status = association.send_c_store(path)
    print(f"{status.Status:04X}H {path}" if "Status" in status else f"no status {path}")
    failed += "Status" not in status or status.Status != 0
association.release()
sys.exit(0 if failed == 0 and association.is_released else 1)
