/*
 * Loads the library late, as a host with many other libraries does: when the static TLS block has no byte left.
 *
 *     late_dlopen LIBRARY FILLER...
 *
 * The fillers are libraries that want static TLS, larger ones first. They are loaded until no one of the smallest
 * size fits any more, and that is the proof that a library which wants any static TLS at all could not be loaded;
 * then LIBRARY is loaded and used, from threads that were there before it and from a new one. In the end it is
 * closed and has to stay mapped, because threads of its own may still run.
 */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>

enum { THREADS = 8 };

static uint32_t (*abi_version)(void);
static metrana_status (*config_init)(metrana_config *);
static metrana_status (*logger_open)(const metrana_config *, metrana_logger **, metrana_error **);
static void (*error_free)(metrana_error *);
static pthread_barrier_t loaded;

/* Allocates and frees inside the library: that is where its thread-local state is made. */
static void use_it(void) {
    for (int round = 0; round < 100; round++) {
        metrana_config config = {.struct_size = sizeof config};
        CHECK(config_init(&config) == METRANA_STATUS_OK);
        config.endpoint = (metrana_str){(const uint8_t *)"nowhere", 7};
        metrana_logger *logger = NULL;
        metrana_error *error = NULL;
        CHECK(logger_open(&config, &logger, &error) == METRANA_STATUS_INVALID_CONFIG && error != NULL);
        error_free(error);
    }
}

static void *wait_and_use_it(void *argument) {
    pthread_barrier_wait(&loaded);
    use_it();
    return argument;
}

static void *find(void *library, const char *name) {
    void *found = dlsym(library, name);
    CHECK(found != NULL);
    return found;
}

int main(int count, char **arguments) {
    CHECK(count >= 3);
    CHECK(pthread_barrier_init(&loaded, NULL, THREADS + 1) == 0);
    pthread_t threads[THREADS];
    for (int index = 0; index < THREADS; index++) {
        CHECK(pthread_create(&threads[index], NULL, wait_and_use_it, NULL) == 0);
    }

    bool last_one_failed = false;
    int fitted = 0;
    for (int index = 2; index < count; index++) {
        bool fits = dlopen(arguments[index], RTLD_NOW | RTLD_LOCAL) != NULL;
        if (!fits) {
            const char *why = dlerror();
            CHECK(strstr(why, "static TLS") != NULL);
        }
        fitted += fits;
        last_one_failed = !fits;
    }
    printf("%d fillers fitted\n", fitted);
    CHECK(last_one_failed);

    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "late load failed: %s\n", dlerror());
        return 3;
    }
    *(void **)&abi_version = find(library, "metrana_abi_version");
    *(void **)&config_init = find(library, "metrana_config_init");
    *(void **)&logger_open = find(library, "metrana_logger_open");
    *(void **)&error_free = find(library, "metrana_error_free");
    CHECK(abi_version() == METRANA_ABI_VERSION);
    pthread_barrier_wait(&loaded);
    use_it();
    for (int index = 0; index < THREADS; index++) {
        CHECK(pthread_join(threads[index], NULL) == 0);
    }
    pthread_t late;
    CHECK(pthread_barrier_destroy(&loaded) == 0 && pthread_barrier_init(&loaded, NULL, 1) == 0);
    CHECK(pthread_create(&late, NULL, wait_and_use_it, NULL) == 0 && pthread_join(late, NULL) == 0);

    CHECK(dlclose(library) == 0);
    CHECK(dlopen(arguments[1], RTLD_NOW | RTLD_NOLOAD) != NULL);
    CHECK(abi_version() == METRANA_ABI_VERSION);
    say("done");
    return 0;
}
