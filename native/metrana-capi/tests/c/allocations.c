/*
 * Counts what a thread allocates while it logs. The library has to use the allocator of the system.
 *
 *     allocations ENDPOINT
 */
#include "check.h"

/* The C library's own functions, behind the ones that everything else is linked to. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local uint64_t allocations;

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? 12 : 0;
}

enum { CALLS = 10000 };

int main(int count, char **arguments) {
    CHECK(count == 2);
    metrana_config config = config_for(arguments[1], "allocations");
    metrana_logger *logger = open_logger(&config);

    const char *keys[8] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    metrana_label labels[8];
    for (int index = 0; index < 8; index++) {
        labels[index] = (metrana_label){str(keys[index]), str("value")};
    }
    const double values[] = {1, 2, 3};
    metrana_std_floats scalar = column("scalar", values, 1), row = column("row", values, 3);
    scalar.name.labels = row.name.labels = labels;
    scalar.name.label_count = row.name.label_count = 8;

    /* The first calls make the series, and the counting sees that. */
    CHECK(allocations > 0);
    uint64_t before = allocations;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &scalar, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &row, ERROR));
    CHECK(allocations > before);

    before = allocations;
    for (int call = 0; call < CALLS; call++) {
        EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &scalar, ERROR));
        EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &row, ERROR));
    }
    uint64_t made = allocations - before;
    printf("%llu allocations\n", (unsigned long long)made);
    /* A new chunk now and then, and not one for a call. */
    CHECK(made < CALLS / 100);

    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    CHECK(counters_of(logger).float_points.sent == 4 + 4 * CALLS);
    metrana_logger_free(logger);
    say("done");
    return 0;
}
