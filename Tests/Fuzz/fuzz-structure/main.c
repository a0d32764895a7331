// `structure` of FuzzTarget, for libFuzzer.
#include "FuzzHarness.h"

#include <stddef.h>
#include <stdint.h>

void fuzz_structure(const uint8_t *bytes, size_t count);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    fuzz_structure(bytes, count);
    fuzz_watch_resources();
    return 0;
}
