"""Has an Orthanc store files to the node `node` and ask it for storage commitment; prints the outcome.

Usage: orthanccommit.py HTTP-PORT FILE...
The references are those of the files, and one that there is not. Prints Orthanc's status of the transaction, then the
number of instances that are kept and `UID:REASON` for each that is not. Uses Orthanc's REST interface only.
"""

import json
import sys
import time
import urllib.error
import urllib.request

from pydicom import dcmread

http, *paths = sys.argv[1:]
deadline = time.monotonic() + 60


def call(path, body=None):
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{http}{path}", data, timeout=30) as response:
        return json.load(response)


while True:
    try:
        call("/system")
        break
    except (OSError, urllib.error.URLError):
        if time.monotonic() > deadline:
            sys.exit("Orthanc does not answer")
        time.sleep(0.05)
identifiers, references = [], []
for path in paths:
    with open(path, "rb") as file:
        identifiers.append(call("/instances", file.read())["ID"])
    dataset = dcmread(path, stop_before_pixels=True)
    references.append({"SOPClassUID": dataset.SOPClassUID, "SOPInstanceUID": dataset.SOPInstanceUID})
references.append({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "SOPInstanceUID": "1.2.3.999"})
call("/modalities/node/store", identifiers)
transaction = call("/modalities/node/storage-commitment", {"DicomInstances": references})["ID"]
while True:
    report = call(f"/storage-commitment/{transaction}")
    if report["Status"] != "Pending":
        break
    if time.monotonic() > deadline:
        sys.exit("no result")
    time.sleep(0.05)
print(report["Status"], len(report["Success"]))
for failure in report["Failures"]:
    print(f"{failure['SOPInstanceUID']}:{failure['FailureReason']:04X}")
