#include "FuzzHarness.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int descriptors;
static int threads;

// The entries of a directory of /proc; what looks at it is among them, each time.
static int entries(const char *path)
{
    DIR *directory = opendir(path);
    if (directory == NULL) return -1;
    int count = 0;
    while (readdir(directory) != NULL) ++count;
    closedir(directory);
    return count;
}

static void compare(void)
{
    int descriptors_now = entries("/proc/self/fd");
    int threads_now = entries("/proc/self/task");
    fprintf(stderr, "descriptors: %d, then %d; threads: %d, then %d\n", descriptors - 3, descriptors_now - 3, threads - 2, threads_now - 2);
    if (descriptors_now > descriptors || threads_now > threads) _exit(1);
}

void fuzz_watch_resources(void)
{
    static bool is_watching;
    if (is_watching) return;
    is_watching = true;
    descriptors = entries("/proc/self/fd");
    threads = entries("/proc/self/task");
    atexit(compare);
}
