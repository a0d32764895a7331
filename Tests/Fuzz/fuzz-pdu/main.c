// `pdu` of FuzzTarget, for libFuzzer.
#include "FuzzHarness.h"

#include <stddef.h>
#include <stdint.h>

void fuzz_pdu(const uint8_t *bytes, size_t count);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    fuzz_pdu(bytes, count);
    fuzz_watch_resources();
    return 0;
}
