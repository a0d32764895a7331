// To be preloaded: a writev to a regular file takes at most 4,099 bytes, and every third is interrupted by a signal that
// never was, so that a program shows whether it goes on where the kernel stopped.
//
// strace cannot do this: with `retval=` it skips the call, and claims bytes that nobody wrote.
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_uint calls;

ssize_t writev(int file, const struct iovec *slices, int count)
{
    struct stat status;
    if (count < 1 || fstat(file, &status) < 0 || !S_ISREG(status.st_mode))
        return syscall(SYS_writev, file, slices, count);
    if (atomic_fetch_add(&calls, 1) % 3 == 2) {
        errno = EINTR;
        return -1;
    }
    struct iovec first = slices[0];
    if (first.iov_len > 4099)
        first.iov_len = 4099;
    return syscall(SYS_writev, file, &first, 1);
}
