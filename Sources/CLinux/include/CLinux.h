#pragma once

/// Linux system calls that Swift's Glibc module lacks (a macro hides them, or they need _GNU_SOURCE), and a few whose
/// constants it lacks. Each returns what the call returns, or the negated errno: errno itself never crosses into Swift.

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/// A directory for reading its names and syncing them. `parent` -1: `name` is a path, and its last symbolic link is
/// followed; otherwise `name` is one component below `parent`, and a symbolic link is refused (ELOOP, ENOTDIR).
int linux_open_directory(int parent, const char *name);

/// A file for reading, never a symbolic link; does not block on a FIFO.
int linux_open_file(int directory, const char *name);

/// A new file for reading and writing; EEXIST if the name is taken.
int linux_create_file(int directory, const char *name);

/// A new file without a name (O_TMPFILE).
int linux_create_nameless(int directory);

/// Gives a nameless file a name; EEXIST if it is taken. By AT_EMPTY_PATH, which needs a capability before Linux 6.10,
/// and by /proc/self/fd where that is refused.
int linux_link(int file, int directory, const char *name);

/// Renames within the file system. Without `replacing`: EEXIST if the new name is taken, by RENAME_NOREPLACE or,
/// where the file system does not know it, by link and unlink, or, where it has no hard links either, by a look before.
int linux_rename(int from_directory, const char *from, int to_directory, const char *to, int replacing);

int linux_make_directory(int parent, const char *name);
int linux_remove(int directory, const char *name);
int linux_remove_directory(int parent, const char *name);
int linux_close(int file);

ssize_t linux_write(int file, const struct iovec *slices, int count);
ssize_t linux_read(int file, void *bytes, size_t count, uint64_t offset);

/// Allocates space behind a file's end, if it can.
void linux_reserve(int file, uint64_t offset, uint64_t count);

int linux_sync_data(int file);
int linux_sync_all(int file);
int linux_sync_file_system(int file);

/// Whether the process may call syncfs at all: seccomp filters of containers and of systemd refuse it (EPERM, ENOSYS,
/// EACCES).
int linux_may_sync_file_system(void);

/// Starts write-back of the first range, then waits for that of the second (either may be empty).
int linux_write_back(int file, uint64_t start, uint64_t count, uint64_t settle_start, uint64_t settle_count);

struct linux_status {
    uint64_t device, inode, size;
    uint32_t owner;
    int is_regular, is_directory;
    /// When it was made: nanoseconds since 1970; 0: not known.
    int64_t made;
};
int linux_status(int file, struct linux_status *status);
int linux_path_status(const char *path, struct linux_status *status);

struct linux_entry {
    uint64_t inode, device, size;
    /// When the contents, or the names in a directory, last changed: nanoseconds since 1970.
    int64_t modified;
    int is_regular, is_directory;
};
/// What a name stands for, a symbolic link itself. An empty name: what the descriptor stands for.
int linux_entry(int directory, const char *name, struct linux_entry *entry);

/// Has the calling thread leave processors and disk to the others: a nice value, and the lowest priority of best-effort I/O.
void linux_yield_to_others(int nice);

struct linux_volume {
    uint64_t available;
    int64_t type;
    int is_read_only;
};
int linux_volume(int file, struct linux_volume *volume);

/// An argument that the process was started with, from 0, the program's name; NULL behind the last.
const char *linux_argument(int index);

/// A variable of the environment, `NAME=value`, from 0 on, one after the other; NULL behind the last, where the caller stops.
const char *linux_environment(int index);

/// The kernel's version: major * 1000 + minor.
int linux_version(void);

/// Has the C library keep memory that was freed, up to `kept` bytes of it at the end of each of at most `arenas` heaps, and takes blocks of
/// up to `largest` bytes from them.
void linux_keep_freed_memory(int kept, int largest, int arenas);

/// An exclusive lock that ends with the descriptor; EWOULDBLOCK if another process has it.
int linux_lock(int file);

/// The names in a directory, each followed by a NUL, in memory to be freed by the caller; `.` and `..` are left out.
int linux_list(int directory, char **names, size_t *size);

ssize_t linux_get_attribute(int file, const char *name, void *value, size_t size);
int linux_set_attribute(int file, const char *name, const void *value, size_t size);

/// A program started with these actions inherits no descriptor from `first` on: not every library opens with close-on-exec.
int linux_inherit_below(posix_spawn_file_actions_t *actions, int first);
