// What every fuzzer watches besides its body: that the process ends with the descriptors and threads with which it began.
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

/// Called after every execution. The first call counts what is open, and has it counted again when the process exits: more than
/// that is said on standard error and makes the exit code 1.
void fuzz_watch_resources(void);

#endif
