/* Loaded before libc (LD_PRELOAD): while the file named by FAILING_FSYNC_FLAG exists, nothing can be written for good. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int is_failing(void) {
    const char *flag = getenv("FAILING_FSYNC_FLAG");
    int before = errno;
    int found = flag != NULL && access(flag, F_OK) == 0;
    errno = before;
    return found;
}

static int synced(const char *name, int descriptor) {
    if (is_failing()) {
        errno = EIO;
        return -1;
    }
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(descriptor);
}

int fsync(int descriptor) { return synced("fsync", descriptor); }

int fdatasync(int descriptor) { return synced("fdatasync", descriptor); }
