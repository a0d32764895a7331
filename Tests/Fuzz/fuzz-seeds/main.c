// Writes the seeds of every target below the folder given, and ends. Built like the fuzzers, so that one build serves all;
// libFuzzer has `main` there, and begins with this.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int fuzz_write_seeds(const char *folder);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    exit(*argc == 2 ? fuzz_write_seeds((*argv)[1]) : 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    (void)bytes;
    (void)count;
    return 0;
}
