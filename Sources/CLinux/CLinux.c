#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#define RESULT(call) ({ __typeof__(call) result_ = (call); result_ < 0 ? -errno : result_; })

int linux_open_directory(int parent, const char *name)
{
    if (parent < 0)
        return RESULT(open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return RESULT(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

int linux_open_file(int directory, const char *name)
{
    return RESULT(openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int linux_create_file(int directory, const char *name)
{
    return RESULT(openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
}

int linux_create_nameless(int directory)
{
    return RESULT(openat(directory, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0666));
}

int linux_link(int file, int directory, const char *name)
{
    int result = RESULT(linkat(file, "", directory, name, AT_EMPTY_PATH));
    // ENOENT is also how a missing capability is told; a vanished directory then fails below in the same way.
    if (result != -ENOENT && result != -EPERM && result != -EINVAL)
        return result;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return RESULT(linkat(AT_FDCWD, path, directory, name, AT_SYMLINK_FOLLOW));
}

// Where the file system has neither RENAME_NOREPLACE nor hard links (exFAT by way of FUSE): one thread of this process
// at a time, and the archive's lock keeps other processes of the node out.
static int rename_if_free(int from_directory, const char *from, int to_directory, const char *to)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    struct stat s;
    pthread_mutex_lock(&one_at_a_time);
    int result = RESULT(fstatat(to_directory, to, &s, AT_SYMLINK_NOFOLLOW));
    if (result == 0)
        result = -EEXIST;
    else if (result == -ENOENT)
        result = RESULT(renameat(from_directory, from, to_directory, to));
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}

int linux_rename(int from_directory, const char *from, int to_directory, const char *to, int replacing)
{
    if (replacing)
        return RESULT(renameat(from_directory, from, to_directory, to));
    int result = RESULT(renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE));
    // EPERM is also a sandbox that does not know the call.
    if (result != -EINVAL && result != -ENOSYS && result != -EPERM)
        return result;
    result = RESULT(linkat(from_directory, from, to_directory, to, 0));
    if (result == -EPERM || result == -ENOSYS || result == -EOPNOTSUPP)
        return rename_if_free(from_directory, from, to_directory, to);
    if (result < 0)
        return result;
    (void)unlinkat(from_directory, from, 0); // a second name that stays is swept at the next start
    return 0;
}

int linux_make_directory(int parent, const char *name)
{
    return RESULT(mkdirat(parent < 0 ? AT_FDCWD : parent, name, 0777));
}

int linux_remove(int directory, const char *name) { return RESULT(unlinkat(directory, name, 0)); }

int linux_remove_directory(int parent, const char *name) { return RESULT(unlinkat(parent, name, AT_REMOVEDIR)); }

int linux_close(int file) { return RESULT(close(file)); }

ssize_t linux_write(int file, const struct iovec *slices, int count) { return RESULT(writev(file, slices, count)); }

ssize_t linux_read(int file, void *bytes, size_t count, uint64_t offset)
{
    return RESULT(pread(file, bytes, count, (off_t)offset));
}

void linux_reserve(int file, uint64_t offset, uint64_t count)
{
    (void)fallocate(file, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)count);
}

int linux_sync_data(int file) { return RESULT(fdatasync(file)); }

int linux_sync_all(int file) { return RESULT(fsync(file)); }

int linux_sync_file_system(int file) { return RESULT(syncfs(file)); }

// A sandbox refuses a call before the kernel looks at its arguments.
int linux_may_sync_file_system(void) { return RESULT(syncfs(-1)) == -EBADF; }

int linux_write_back(int file, uint64_t start, uint64_t count, uint64_t settle_start, uint64_t settle_count)
{
    int result = 0;
    if (count)
        result = RESULT(sync_file_range(file, (off_t)start, (off_t)count, SYNC_FILE_RANGE_WRITE));
    if (result == 0 && settle_count)
        result = RESULT(sync_file_range(file, (off_t)settle_start, (off_t)settle_count,
            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER));
    // A file system without it, or a sandbox that refuses it, writes back in its own time; the final sync decides.
    switch (result) {
    case -ENOSYS:
    case -ESPIPE:
    case -EINVAL:
    case -EPERM:
    case -EACCES:
        return 0;
    default:
        return result;
    }
}

static void fill(const struct stat *from, struct linux_status *to)
{
    to->device = from->st_dev;
    to->inode = from->st_ino;
    to->size = (uint64_t)from->st_size;
    to->owner = from->st_uid;
    to->is_regular = S_ISREG(from->st_mode);
    to->is_directory = S_ISDIR(from->st_mode);
    to->made = 0;
}

/// False where the call is refused: seccomp filters know it only since 2018.
static int fill_with_birth(int directory, const char *path, int flags, struct linux_status *to)
{
    struct statx s;
    if (statx(directory, path, flags, STATX_BASIC_STATS | STATX_BTIME, &s) != 0)
        return 0;
    to->device = makedev(s.stx_dev_major, s.stx_dev_minor);
    to->inode = s.stx_ino;
    to->size = s.stx_size;
    to->owner = s.stx_uid;
    to->is_regular = S_ISREG(s.stx_mode);
    to->is_directory = S_ISDIR(s.stx_mode);
    to->made = s.stx_mask & STATX_BTIME ? s.stx_btime.tv_sec * 1000000000 + s.stx_btime.tv_nsec : 0;
    return 1;
}

int linux_status(int file, struct linux_status *status)
{
    struct stat s;
    if (fill_with_birth(file, "", AT_EMPTY_PATH, status))
        return 0;
    int result = RESULT(fstat(file, &s));
    if (result == 0)
        fill(&s, status);
    return result;
}

int linux_path_status(const char *path, struct linux_status *status)
{
    struct stat s;
    if (fill_with_birth(AT_FDCWD, path, 0, status))
        return 0;
    int result = RESULT(stat(path, &s));
    if (result == 0)
        fill(&s, status);
    return result;
}

int linux_entry(int directory, const char *name, struct linux_entry *entry)
{
    struct stat s;
    int result = RESULT(fstatat(directory, name, &s, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH));
    if (result == 0) {
        entry->inode = s.st_ino;
        entry->device = s.st_dev;
        entry->size = (uint64_t)s.st_size;
        entry->modified = (int64_t)s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec;
        entry->is_regular = S_ISREG(s.st_mode);
        entry->is_directory = S_ISDIR(s.st_mode);
    }
    return result;
}

void linux_yield_to_others(int nice)
{
    // 0 is the calling thread to both of them.
    setpriority(PRIO_PROCESS, 0, nice);
    // IOPRIO_WHO_PROCESS, IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 7: glibc has neither the call nor its names.
    syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 7);
}

int linux_volume(int file, struct linux_volume *volume)
{
    struct statfs s;
    int result = RESULT(fstatfs(file, &s));
    if (result == 0) {
        volume->available = (uint64_t)s.f_bavail * (uint64_t)s.f_bsize;
        volume->type = s.f_type;
        volume->is_read_only = (s.f_flags & ST_RDONLY) != 0;
    }
    return result;
}

int linux_version(void)
{
    struct utsname name;
    int major = 0, minor = 0;
    if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2)
        return 0;
    return major * 1000 + minor;
}

int linux_lock(int file) { return RESULT(flock(file, LOCK_EX | LOCK_NB)); }

int linux_list(int directory, char **names, size_t *size)
{
    // A descriptor of its own: the position of `directory` is shared by everyone who holds it.
    int own = RESULT(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (own < 0)
        return own;
    DIR *stream = fdopendir(own);
    if (!stream) {
        int result = -errno;
        close(own);
        return result;
    }
    FILE *text = open_memstream(names, size);
    int result = text ? 0 : -errno;
    while (text) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry) {
            result = -errno;
            break;
        }
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            fwrite(entry->d_name, 1, strlen(entry->d_name) + 1, text);
    }
    closedir(stream);
    if (text && fclose(text) != 0 && result == 0)
        result = -ENOMEM;
    if (text && result < 0)
        free(*names);
    return result;
}

ssize_t linux_get_attribute(int file, const char *name, void *value, size_t size)
{
    return RESULT(fgetxattr(file, name, value, size));
}

int linux_set_attribute(int file, const char *name, const void *value, size_t size)
{
    return RESULT(fsetxattr(file, name, value, size, 0));
}

static int argument_count;
static char **argument_values;

// The C library gives these to each constructor. Swift's runtime reads them from /proc/self/cmdline, which a sandbox
// may not have, and then has none.
__attribute__((constructor)) static void keep_arguments(int count, char **values)
{
    argument_count = count;
    argument_values = values;
}

const char *linux_argument(int index)
{
    return index >= 0 && index < argument_count ? argument_values[index] : NULL;
}

const char *linux_environment(int index)
{
    return environ == NULL || index < 0 ? NULL : environ[index];
}

void linux_keep_freed_memory(int kept, int largest, int arenas)
{
    mallopt(M_TRIM_THRESHOLD, kept);
    mallopt(M_MMAP_THRESHOLD, largest);
    mallopt(M_ARENA_MAX, arenas);
}

int linux_inherit_below(posix_spawn_file_actions_t *actions, int first)
{
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
