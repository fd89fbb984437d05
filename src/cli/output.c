/* Where results go: standard output, files that are whole or not there, devices and pipes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/console.h"

enum { MAX_LINKS = 40 }; /* as many as the kernel follows */

/* The name that a symbolic link leads to, from the link's own folder on; NULL when it cannot be read. */
static char *read_link(const char *link) {
    char text[4096];
    ssize_t n = readlink(link, text, sizeof text);
    if (n <= 0) return NULL;
    if ((size_t)n == sizeof text) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    const char *slash = text[0] == '/' ? NULL : strrchr(link, '/');
    size_t folder = slash ? (size_t)(slash - link) + 1 : 0;
    char *name = malloc(folder + (size_t)n + 1);
    if (!name) abort();
    memcpy(name, link, folder);
    memcpy(name + folder, text, (size_t)n);
    name[folder + (size_t)n] = 0;
    return name;
}

/* The name behind all links, which need not be there; NULL with errno. Freed by the caller. */
static char *follow_links(const char *path) {
    char *name = strdup(path);
    if (!name) abort();
    struct stat st;
    for (int i = 0; name && lstat(name, &st) == 0 && S_ISLNK(st.st_mode); i++) {
        char *next = i < MAX_LINKS ? read_link(name) : NULL;
        if (i >= MAX_LINKS) errno = ELOOP;
        int why = errno;
        free(name);
        errno = why;
        name = next;
    }
    return name;
}

/* The stream that leads to the same file already, or -1: a second opening would write over what
 * stands in it, and a new file in its place would not be the stream's. */
static int stream_of(const struct stat *st) {
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat other;
        if (fstat(fd, &other) == 0 && other.st_dev == st->st_dev && other.st_ino == st->st_ino)
            return fd;
    }
    return -1;
}

static bool open_straight(Output *o, const struct stat *st) {
    int stream = stream_of(st);
    int fd = stream >= 0 ? fcntl(stream, F_DUPFD_CLOEXEC, 0)
                         : open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    o->file = fd < 0 ? NULL : fdopen(fd, "wb");
    return o->file != NULL;
}

/* A file that is replaced keeps its permissions. */
static bool open_partial(Output *o, const struct stat *old) {
    o->target = follow_links(o->path);
    if (!o->target) return false;
    size_t size = strlen(o->target) + 32;
    o->partial = malloc(size);
    if (!o->partial) abort();
    snprintf(o->partial, size, "%s.partial-%ld", o->target, (long)getpid());
    int fd = open(o->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 && old) (void)fchmod(fd, old->st_mode & 0777);
    o->file = fd < 0 ? NULL : fdopen(fd, "wb");
    return o->file != NULL;
}

static void free_names(Output *o) {
    free(o->target);
    free(o->partial);
}

bool output_open(const char *path, Output *ret) {
    *ret = (Output){.file = stdout, .path = path};
    if (!path) return true;
    struct stat st;
    bool is_there = stat(path, &st) == 0;
    bool is_straight = is_there && (!S_ISREG(st.st_mode) || stream_of(&st) >= 0);
    if (is_straight ? open_straight(ret, &st) : open_partial(ret, is_there ? &st : NULL))
        return true;
    console_error("%s: %s", path, strerror(errno));
    free_names(ret);
    return false;
}

bool output_close(Output *o, bool keep) {
    if (!o->path) {
        if (fflush(stdout) == 0 && !ferror(stdout)) return true;
        console_error("standard output: %s", strerror(errno));
        return false;
    }
    bool has_failed =
        ferror(o->file) != 0; /* told here, for a later success leaves no trace of it */
    bool ok = fclose(o->file) == 0;
    if (keep && ok && !has_failed && o->partial) ok = rename(o->partial, o->target) == 0;
    if (has_failed) console_error("%s: it could not be written to the end", o->path);
    else if (!ok) console_error("%s: %s", o->path, strerror(errno));
    ok = ok && !has_failed;
    if (o->partial && (!keep || !ok)) unlink(o->partial);
    free_names(o);
    return ok;
}
