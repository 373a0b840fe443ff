/*
 * Threads that wait for room in a queue that nobody empties, and what wakes them.
 *
 *     blocked ENDPOINT close   a close: they learn at once that the logger is closed, while the close itself waits
 *                              for the service (the process that started this one stalls it, and lets go at "woken")
 *     blocked ENDPOINT panic   a panic in another call on the same logger
 */
#include "check.h"

#include <sched.h>

enum { WRITERS = 4, COLUMN = 1000, QUEUE = 64 * 1024 };

struct writer {
    const metrana_logger *logger;
    atomic_bool in_call;
    uint64_t accepted;
    metrana_status last;
};

static void *write_until_refused(void *argument) {
    struct writer *writer = argument;
    static double values[COLUMN];
    const metrana_std_floats floats = column("flood", values, COLUMN);
    do {
        atomic_store(&writer->in_call, true);
        writer->last = metrana_logger_log_std_floats(writer->logger, &floats, NULL);
        atomic_store(&writer->in_call, false);
        writer->accepted += writer->last == METRANA_STATUS_OK ? COLUMN : 0;
    } while (writer->last == METRANA_STATUS_OK);
    return NULL;
}

/* Once nothing more fits, whoever is in a call is waiting, or about to. */
static void wait_until_all_wait(const metrana_logger *logger, struct writer *writers) {
    for (;;) {
        bool full = counters_of(logger).pending_bytes + COLUMN * sizeof(double) + 1024 > QUEUE;
        bool inside = true;
        for (int index = 0; index < WRITERS; index++) {
            inside = inside && atomic_load(&writers[index].in_call);
        }
        if (full && inside) {
            return;
        }
        sched_yield();
    }
}

static void *close_it(void *argument) {
    const metrana_logger *logger = argument;
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 120, ERROR));
    return NULL;
}

int main(int count, char **arguments) {
    CHECK(count == 3);
    bool panics = strcmp(arguments[2], "panic") == 0;
    metrana_config config = config_for(arguments[1], panics ? "blocked panic" : "blocked close");
    config.queue_bytes = QUEUE;
    config.backpressure = METRANA_BACKPRESSURE_BLOCK;
    config.ack_stall_timeout = -1;
    metrana_logger *logger = open_logger(&config);

    static struct writer writers[WRITERS];
    pthread_t threads[WRITERS], closer;
    for (int index = 0; index < WRITERS; index++) {
        writers[index].logger = logger;
        CHECK(pthread_create(&threads[index], NULL, write_until_refused, &writers[index]) == 0);
    }
    wait_until_all_wait(logger, writers);
    say("blocked");

    if (panics) {
        EXPECT(METRANA_STATUS_PANICKED, metrana_logger_debug_panic(logger, ERROR));
    } else {
        CHECK(pthread_create(&closer, NULL, close_it, logger) == 0);
    }
    uint64_t accepted = 0;
    for (int index = 0; index < WRITERS; index++) {
        CHECK(pthread_join(threads[index], NULL) == 0);
        CHECK(writers[index].last == (panics ? METRANA_STATUS_POISONED : METRANA_STATUS_LOGGER_CLOSED));
        accepted += writers[index].accepted;
    }
    CHECK(accepted > 0);
    say("woken");

    if (!panics) {
        CHECK(pthread_join(closer, NULL) == 0);
        metrana_counters counters = counters_of(logger);
        CHECK(counters.float_points.sent == accepted && counters.float_points.pending == 0);
        CHECK(counters.float_points.enqueued == accepted);
        CHECK(counters.waits >= WRITERS && counters.waited_nanos > 0);
    }
    metrana_logger_free(logger);
    printf("accepted %llu\n", (unsigned long long)accepted);
    return 0;
}
