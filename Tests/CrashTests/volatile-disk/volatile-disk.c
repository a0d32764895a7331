// A disk with a volatile write cache, as a file: `volatile-disk IMAGE MOUNTPOINT SECTOR`.
//
// MOUNTPOINT/disk is to be attached to a loop device. What is written there can be read at once, but reaches IMAGE only
// with the next flush (an fsync, which is what a loop device makes of a flush). Writing a number, the seed, to
// MOUNTPOINT/cut cuts the power: of the writes since the last flush an arbitrary part reaches IMAGE, sector by sector and
// in no order, and from then on every operation fails. What a machine would find after the power came back is IMAGE.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <linux/falloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// A write since the last flush.
struct write {
    struct write *next;
    off_t offset;
    size_t size;
    char bytes[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int image, current; // what a power cut leaves, and what is read
static off_t disk_size;
static size_t sector;
static struct write *first, **last = &first;
static bool is_cut;

// SplitMix64, the generator of the tests.
static uint64_t state;
static uint64_t draw(void)
{
    uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

static void put(int file, const char *bytes, size_t size, off_t offset)
{
    while (size > 0) {
        ssize_t count = pwrite(file, bytes, size, offset);
        if (count <= 0) {
            perror("volatile-disk: its own storage");
            abort();
        }
        bytes += count;
        size -= (size_t)count;
        offset += count;
    }
}

// With the lock held.
static void remember(const char *bytes, size_t size, off_t offset)
{
    struct write *write = malloc(sizeof *write + size);
    if (!write)
        abort();
    *write = (struct write){.offset = offset, .size = size};
    if (bytes)
        memcpy(write->bytes, bytes, size);
    else
        memset(write->bytes, 0, size);
    *last = write;
    last = &write->next;
    put(current, write->bytes, size, offset);
}

static void forget(void)
{
    while (first) {
        struct write *write = first;
        first = write->next;
        free(write);
    }
    last = &first;
}

static void flush_all(void)
{
    for (struct write *write = first; write; write = write->next)
        put(image, write->bytes, write->size, write->offset);
    forget();
}

// The part of a write that survives: all of it, nothing, or each sector by chance.
static void tear(const struct write *write, uint64_t kind)
{
    for (size_t done = 0; done < write->size;) {
        // To the next border between sectors of the disk.
        size_t size = sector - (size_t)(write->offset + (off_t)done) % sector;
        if (size > write->size - done)
            size = write->size - done;
        if (kind == 0 || (kind == 2 && draw() & 1))
            put(image, write->bytes + done, size, write->offset + (off_t)done);
        done += size;
    }
}

// The seed decides what kind of cache it was.
static void cut(uint64_t seed)
{
    state = seed;
    uint64_t cache = draw() % 4, count = 0;
    for (struct write *write = first; write; write = write->next)
        count++;
    uint64_t kept = count ? draw() % (count + 1) : 0, index = 0;
    for (struct write *write = first; write; write = write->next, index++) {
        switch (cache) {
        case 0: // nothing had left it
            break;
        case 1: // in order, up to a write that was torn
            if (index <= kept)
                tear(write, index < kept ? 0 : 2);
            break;
        case 2: // in no order, each write whole or not at all
            tear(write, draw() & 1);
            break;
        default: // in no order, and any of them torn
            tear(write, draw() % 3);
        }
    }
    forget();
    is_cut = true;
    printf("cut with %llu writes in cache kind %llu\n", (unsigned long long)count, (unsigned long long)cache);
    fflush(stdout);
}

static bool is_disk(const char *path) { return strcmp(path, "/disk") == 0; }
static bool is_switch(const char *path) { return strcmp(path, "/cut") == 0; }

static int get_status(const char *path, struct stat *status, struct fuse_file_info *info)
{
    (void)info;
    memset(status, 0, sizeof *status);
    status->st_nlink = 1;
    status->st_mode = strcmp(path, "/") == 0 ? S_IFDIR | 0700 : S_IFREG | 0600;
    status->st_size = is_disk(path) ? disk_size : 0;
    return strcmp(path, "/") == 0 || is_disk(path) || is_switch(path) ? 0 : -ENOENT;
}

static int open_file(const char *path, struct fuse_file_info *info)
{
    info->direct_io = is_switch(path);
    return is_disk(path) || is_switch(path) ? 0 : -ENOENT;
}

static int read_disk(const char *path, char *bytes, size_t size, off_t offset, struct fuse_file_info *info)
{
    (void)info;
    if (!is_disk(path))
        return -EINVAL;
    pthread_mutex_lock(&lock);
    ssize_t count = is_cut ? -1 : pread(current, bytes, size, offset);
    pthread_mutex_unlock(&lock);
    return count < 0 ? -EIO : (int)count;
}

static int write_disk(const char *path, const char *bytes, size_t size, off_t offset, struct fuse_file_info *info)
{
    (void)info;
    int result = (int)size;
    pthread_mutex_lock(&lock);
    if (is_switch(path)) {
        char text[32] = "";
        memcpy(text, bytes, size < sizeof text ? size : sizeof text - 1);
        if (is_cut)
            result = -EALREADY;
        else
            cut(strtoull(text, NULL, 10));
    } else if (is_cut) {
        result = -EIO;
    } else {
        remember(bytes, size, offset);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

static int flush_disk(const char *path, int only_data, struct fuse_file_info *info)
{
    (void)only_data, (void)info;
    pthread_mutex_lock(&lock);
    int result = is_cut ? -EIO : 0;
    if (!is_cut && is_disk(path))
        flush_all();
    pthread_mutex_unlock(&lock);
    return result;
}

// Discarding and zeroing are writes of zeros.
static int zero_disk(const char *path, int mode, off_t offset, off_t size, struct fuse_file_info *info)
{
    (void)info;
    if (!is_disk(path) || !(mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) || offset + size > disk_size)
        return -EOPNOTSUPP;
    pthread_mutex_lock(&lock);
    int result = is_cut ? -EIO : 0;
    if (!is_cut)
        remember(NULL, (size_t)size, offset);
    pthread_mutex_unlock(&lock);
    return result;
}

static int truncate_switch(const char *path, off_t size, struct fuse_file_info *info)
{
    (void)size, (void)info;
    return is_switch(path) ? 0 : -EPERM;
}

// A copy that is as sparse as the image.
static void copy_image(void)
{
    static char bytes[1 << 16];
    for (off_t at = 0; (at = lseek(image, at, SEEK_DATA)) >= 0 && at < disk_size;) {
        off_t end = lseek(image, at, SEEK_HOLE);
        while (at < end) {
            size_t size = (size_t)(end - at) < sizeof bytes ? (size_t)(end - at) : sizeof bytes;
            ssize_t count = pread(image, bytes, size, at);
            if (count <= 0)
                abort();
            put(current, bytes, (size_t)count, at);
            at += count;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: volatile-disk IMAGE MOUNTPOINT SECTOR\n");
        return 2;
    }
    sector = strtoul(argv[3], NULL, 10);
    image = open(argv[1], O_RDWR | O_CLOEXEC);
    current = memfd_create("volatile-disk", MFD_CLOEXEC);
    struct stat status;
    if (sector == 0 || image < 0 || current < 0 || fstat(image, &status) < 0 || ftruncate(current, status.st_size) < 0) {
        perror("volatile-disk");
        return 1;
    }
    disk_size = status.st_size;
    copy_image();
    static const struct fuse_operations operations = {
        .getattr = get_status,
        .open = open_file,
        .read = read_disk,
        .write = write_disk,
        .fsync = flush_disk,
        .fallocate = zero_disk,
        .truncate = truncate_switch,
    };
    char *arguments[] = {argv[0], "-f", argv[2], NULL};
    return fuse_main(3, arguments, &operations, NULL);
}
