/* A library put before libc (LD_PRELOAD) that counts, logs and spoils what a process does to the files of one folder.
 *
 * Counted and logged: open that creates or truncates, pwrite, pwrite64, write, fsync, fdatasync, ftruncate, rename,
 * unlink, link, mkdir, each on files below the armed folder; reads are counted only where a fault asks for them.
 * It can kill its own process with SIGKILL at the Nth call, before the call or half way through a write, let calls of
 * chosen kinds fail from the Nth on with an error number, or only log.
 *
 * Log: records of {kind u32, aux u32, inode u64, offset i64, length u64} in the machine's byte order, each followed by
 * `length` bytes: the data of a write, else the path (two paths with a NUL between them for rename and link).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN = 1, WRITE = 2, SYNC = 4, TRUNCATE = 8, RENAME = 16, UNLINK = 32, LINK = 64, MAKE = 128, MARK = 256,
       READ = 512 };
enum { CREATED = 1, EMPTIED = 2, FOLDER = 1 };

typedef struct { uint32_t kind, aux; uint64_t inode; int64_t offset; uint64_t length; } record_t;

static char folder[PATH_MAX];
static size_t folder_length;
static int log_fd = -1, half, failure;
static uint32_t count_mask, fail_mask;
static int64_t kill_at, fail_from, fail_times, counted, failing;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *), (*real_link)(const char *, const char *);
static int (*real_unlink)(const char *), (*real_mkdir)(const char *, mode_t);
static int (*real_open)(const char *, int, ...);

__attribute__((constructor)) static void find_real(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_read = dlsym(RTLD_NEXT, "read");
    real_pread = dlsym(RTLD_NEXT, "pread64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_link = dlsym(RTLD_NEXT, "link");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    real_open = dlsym(RTLD_NEXT, "open64");
}

/* Called through ctypes. An empty folder switches everything off. Counters start anew. */
void faults_arm(const char *path, int log, int64_t kill_number, int half_way, uint32_t kinds, uint32_t failing_kinds,
                int64_t first_failure, int64_t failures, int error_number) {
    folder_length = 0;
    counted = failing = 0;
    log_fd = log;
    kill_at = kill_number;
    half = half_way;
    count_mask = kinds;
    fail_mask = failing_kinds;
    fail_from = first_failure;
    fail_times = failures;
    failure = error_number;
    strncpy(folder, path, sizeof folder - 1);
    folder_length = strlen(folder);
}

int64_t faults_counted(void) { return counted; }

int64_t faults_failed(void) { return failing < fail_from ? 0 : failing - fail_from + 1; }

static int inside(const char *path) {
    return folder_length && strncmp(path, folder, folder_length) == 0;
}

static int inside_fd(int fd, char *path) {
    if (!folder_length || fd < 0 || fd == log_fd)
        return 0;
    char name[40];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, PATH_MAX - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return inside(path);
}

static void put(uint32_t kind, uint32_t aux, uint64_t inode, int64_t offset, const void *data, uint64_t length) {
    if (log_fd < 0)
        return;
    record_t record = {kind, aux, inode, offset, length};
    int kept = errno;
    pthread_mutex_lock(&log_lock);
    real_write(log_fd, &record, sizeof record);
    for (uint64_t done = 0; done < length;) {
        ssize_t wrote = real_write(log_fd, (const char *)data + done, length - done);
        if (wrote <= 0)
            break;
        done += (uint64_t)wrote;
    }
    pthread_mutex_unlock(&log_lock);
    errno = kept;
}

/* Lets the test say in the log where it was told that something is safe. */
void faults_mark(int64_t number) { put(MARK, 0, 0, number, "", 0); }

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Counts a call. Returns 0: go on, 1: fail with errno set, 2: do half of it and die. */
static int strike(uint32_t kind) {
    if (count_mask & kind) {
        int64_t number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
        if (number == kill_at) {
            if (half && kind == WRITE)
                return 2;
            die();
        }
    }
    if (fail_mask & kind) {
        int64_t number = __atomic_add_fetch(&failing, 1, __ATOMIC_SEQ_CST);
        if (fail_from && number >= fail_from && number - fail_from < fail_times) {
            errno = failure;
            return 1;
        }
    }
    return 0;
}

static uint64_t inode_of(int fd, int64_t *size) {
    struct stat found;
    if (fstat(fd, &found) != 0)
        return 0;
    if (size)
        *size = found.st_size;
    return found.st_ino;
}

static ssize_t do_write(int fd, const void *data, size_t length, off_t offset, int positioned) {
    char path[PATH_MAX];
    if (!inside_fd(fd, path))
        return positioned ? real_pwrite(fd, data, length, offset) : real_write(fd, data, length);
    int what = strike(WRITE);
    if (what == 1)
        return -1;
    if (what == 2)
        length /= 2;
    int64_t size = 0;
    uint64_t inode = inode_of(fd, &size);
    if (!positioned)
        offset = fcntl(fd, F_GETFL) & O_APPEND ? size : lseek(fd, 0, SEEK_CUR);
    ssize_t done = positioned ? real_pwrite(fd, data, length, offset) : real_write(fd, data, length);
    if (what == 2)
        die();
    if (done > 0)
        put(WRITE, 0, inode, offset, data, (uint64_t)done);
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return do_write(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return do_write(fd, data, length, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return do_write(fd, data, length, at, 1); }

static int read_fails(int fd) {
    char path[PATH_MAX];
    return (fail_mask | count_mask) & READ && inside_fd(fd, path) && strike(READ);
}

ssize_t read(int fd, void *data, size_t length) { return read_fails(fd) ? -1 : real_read(fd, data, length); }
ssize_t pread(int fd, void *data, size_t length, off_t at) {
    return read_fails(fd) ? -1 : real_pread(fd, data, length, at);
}
ssize_t pread64(int fd, void *data, size_t length, off64_t at) {
    return read_fails(fd) ? -1 : real_pread(fd, data, length, at);
}

static int do_sync(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    if (!inside_fd(fd, path))
        return real(fd);
    if (strike(SYNC))
        return -1;
    struct stat found;
    int is_folder = fstat(fd, &found) == 0 && S_ISDIR(found.st_mode);
    int done = real(fd);
    if (done == 0)
        put(SYNC, is_folder ? FOLDER : 0, inode_of(fd, NULL), 0, path, strlen(path));
    return done;
}

int fsync(int fd) { return do_sync(fd, real_fsync); }
int fdatasync(int fd) { return do_sync(fd, real_fdatasync); }

static int do_truncate(int fd, off_t length) {
    char path[PATH_MAX];
    if (!inside_fd(fd, path))
        return real_ftruncate(fd, length);
    if (strike(TRUNCATE))
        return -1;
    int done = real_ftruncate(fd, length);
    if (done == 0)
        put(TRUNCATE, 0, inode_of(fd, NULL), length, path, strlen(path));
    return done;
}

int ftruncate(int fd, off_t length) { return do_truncate(fd, length); }
int ftruncate64(int fd, off64_t length) { return do_truncate(fd, length); }

static int on_names(uint32_t kind, const char *one, const char *two, int (*real)(const char *, const char *)) {
    if (!inside(one) && !inside(two))
        return real(one, two);
    if (strike(kind))
        return -1;
    int done = real(one, two);
    if (done == 0) {
        char both[2 * PATH_MAX];
        int length = snprintf(both, sizeof both, "%s%c%s", one, 0, two);
        put(kind, 0, 0, 0, both, (uint64_t)length);
    }
    return done;
}

int rename(const char *old, const char *new) { return on_names(RENAME, old, new, real_rename); }
int link(const char *old, const char *new) { return on_names(LINK, old, new, real_link); }

int unlink(const char *path) {
    if (!inside(path))
        return real_unlink(path);
    if (strike(UNLINK))
        return -1;
    int done = real_unlink(path);
    if (done == 0)
        put(UNLINK, 0, 0, 0, path, strlen(path));
    return done;
}

int mkdir(const char *path, mode_t mode) {
    if (!inside(path))
        return real_mkdir(path, mode);
    if (strike(MAKE))
        return -1;
    int done = real_mkdir(path, mode);
    if (done == 0)
        put(MAKE, 0, 0, 0, path, strlen(path));
    return done;
}

static int do_open(const char *path, int flags, mode_t mode) {
    if (!inside(path))
        return real_open(path, flags, mode);
    int changes = flags & O_TRUNC || (flags & O_CREAT && access(path, F_OK) != 0);
    if ((changes || (fail_mask | count_mask) & READ) && strike(changes ? OPEN : READ))
        return -1;
    uint32_t aux = access(path, F_OK) != 0 ? CREATED : flags & O_TRUNC ? EMPTIED : 0;
    int fd = real_open(path, flags, mode);
    if (fd >= 0)
        put(OPEN, aux, inode_of(fd, NULL), 0, path, strlen(path));
    return fd;
}

#define OPENING(name)                                                                                                  \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                      \
        va_end(rest);                                                                                                  \
        return do_open(path, flags, mode);                                                                             \
    }

OPENING(open)
OPENING(open64)
