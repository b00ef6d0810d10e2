// Counts the allocations of media threads: preloaded by `script/bench media`, asked by the program through
// media_thread_allocations(). A thread counts from the moment at which it takes a name that begins with "media-".
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// What glibc's own functions are called underneath: no look-up that would itself allocate.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t allocations;
static __thread int is_media __attribute__((tls_model("initial-exec")));

uint64_t media_thread_allocations(void) { return atomic_load(&allocations); }

static void count(void) {
    if (is_media) atomic_fetch_add(&allocations, 1);
}

int pthread_setname_np(pthread_t thread, const char *name) {
    // Threads name themselves here; whoever names another one is not followed.
    if (!pthread_equal(thread, pthread_self())) return ENOSYS;
    is_media = strncmp(name, "media-", 6) == 0;
    return prctl(PR_SET_NAME, name) < 0 ? errno : 0;
}

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    *result = __libc_memalign(alignment, size);
    return *result ? 0 : ENOMEM;
}
