"""A Storage SCP made of pynetdicom: prints its port, then writes each data set as received.

Usage: storescp.py DIRECTORY MAXIMUM-LENGTH STATUS
Writes DIRECTORY/<SOP Instance UID>.raw and .ts (the transfer syntax); answers each C-STORE with STATUS (hexadecimal).
Ends with SIGTERM.
"""

import signal
import sys
import threading
from pathlib import Path

import tls
from pynetdicom import ALL_TRANSFER_SYNTAXES, AE, AllStoragePresentationContexts, _config, evt
from pynetdicom.sop_class import ColorPaletteStorage, Verification

_config.UNRESTRICTED_STORAGE_SERVICE = True

directory, maximum_length, status = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3], 16)


def store(event):
    uid = event.request.AffectedSOPInstanceUID
    (directory / f"{uid}.raw").write_bytes(event.request.DataSet.getvalue())
    (directory / f"{uid}.ts").write_text(event.context.transfer_syntax)
    return status


ae = AE(ae_title="PYNETDICOM")
ae.maximum_pdu_size = maximum_length
ae.supported_contexts = AllStoragePresentationContexts
ae.add_supported_context(Verification)
# Not among those that an unrestricted storage service takes by itself: its objects belong to no patient.
ae.add_supported_context(ColorPaletteStorage, ALL_TRANSFER_SYNTAXES)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
server = ae.start_server(
    ("127.0.0.1", 0),
    block=False,
    evt_handlers=[(evt.EVT_C_STORE, store)],
    ssl_context=tls.of_acceptor(),
)
print(server.server_address[1], flush=True)
stop.wait()
server.shutdown()
