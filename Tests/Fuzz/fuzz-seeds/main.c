// Writes the seeds of every target below the folder given, or with `pack` before it makes Fixtures/corpus of what is there, and ends. Built like the fuzzers, so that one build serves all;
// libFuzzer has `main` there, and begins with this.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int fuzz_pack_corpus(const char *folder);
int fuzz_write_seeds(const char *folder);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    if (*argc == 3 && strcmp((*argv)[1], "pack") == 0) exit(fuzz_pack_corpus((*argv)[2]));
    exit(*argc == 2 ? fuzz_write_seeds((*argv)[1]) : 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    (void)bytes;
    (void)count;
    return 0;
}
