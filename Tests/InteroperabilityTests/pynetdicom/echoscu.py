"""C-ECHO through pynetdicom. Usage: echoscu.py PORT"""

import sys

import tls
from pynetdicom import AE

ae = AE(ae_title="PYNETDICOM")
ae.add_requested_context("1.2.840.10008.1.1")
association = ae.associate("127.0.0.1", int(sys.argv[1]), ae_title="DICOMNODE", tls_args=tls.of_requestor())
if not association.is_established:
    sys.exit("no association")
status = association.send_c_echo()
association.release()
print(f"{status.Status:04X}H")
sys.exit(0 if status.Status == 0 and association.is_released else 1)
