/*
 * Logs a number of times in one way, so that a tool around it can count what a call costs its thread. Counting belongs
 * to the function `measured` alone; two runs with different counts leave the cost of a call.
 *
 *     instructions ENDPOINT RUN CASE CALLS THREADS
 *
 * CASE: empty (a call that does nothing), copy-10000 (a copy into warm memory), scalar-handle, scalar-name, column-100,
 * column-10000, rl-row-100. CALLS are each thread's; a thread logs to series of its own. Whether everything was acknowledged
 * is checked; the last line is the points.
 */
#include "check.h"

#include <inttypes.h>

enum { MOST_THREADS = 64, LONGEST = 10000, CHUNK = 1 << 20 };

typedef struct job {
    const metrana_logger *logger;
    metrana_series series;
    metrana_std_floats floats;
    metrana_rl_floats rl;
    long calls;
    metrana_status (*call)(struct job *job);
    metrana_status worst;
} job;

static double values[LONGEST];

static metrana_status call_empty(job *job) {
    (void)job;
    return metrana_abi_version() == METRANA_ABI_VERSION ? METRANA_STATUS_OK : METRANA_STATUS_STRUCT_SIZE;
}

static metrana_status call_copy(job *job) {
    static char memory[CHUNK];
    static size_t at;
    at = at + sizeof values > sizeof memory ? 0 : at;
    memcpy(memory + at, job->floats.values, sizeof values);
    at += sizeof values;
    return METRANA_STATUS_OK;
}

static metrana_status call_scalar_handle(job *job) {
    return metrana_series_log_f64(job->series, 0.5, NULL);
}

static metrana_status call_column_handle(job *job) {
    return metrana_series_log_std(job->series, &job->floats, NULL);
}

static metrana_status call_name(job *job) {
    return metrana_logger_log_std_floats(job->logger, &job->floats, NULL);
}

static metrana_status call_rl_row(job *job) {
    return metrana_series_log_rl(job->series, &job->rl, NULL);
}

/* The tool switches its counting on at the beginning of this and off at its end, for the thread that is in it. */
__attribute__((noinline)) void measured(job *job) {
    for (long call = 0; call < job->calls; call++) {
        job->worst |= job->call(job);
    }
}

static void *thread_main(void *argument) {
    measured(argument);
    return NULL;
}

int main(int count, char **arguments) {
    CHECK(count == 6);
    const char *wanted = arguments[3];
    long calls = strtol(arguments[4], NULL, 10);
    int threads = (int)strtol(arguments[5], NULL, 10);
    CHECK(calls > 0 && threads > 0 && threads <= MOST_THREADS);
    for (int index = 0; index < LONGEST; index++) {
        values[index] = index * 0.37;
    }

    metrana_config config = config_for(arguments[1], arguments[2]);
    metrana_logger *logger = open_logger(&config);
    metrana_label label = {str("layer"), str("encoder-3")};
    metrana_str environment_name = str("env-0001");
    uint32_t environment;
    EXPECT(METRANA_STATUS_OK, metrana_logger_environments(logger, &environment_name, 1, &environment, ERROR));

    bool rl = strcmp(wanted, "rl-row-100") == 0;
    bool floor = strcmp(wanted, "empty") == 0 || strcmp(wanted, "copy-10000") == 0;
    size_t points = floor                                 ? 0
                    : strcmp(wanted, "column-10000") == 0 ? 10000
                    : strcmp(wanted, "column-100") == 0 || rl ? 100
                                                              : 1;
    static job jobs[MOST_THREADS];
    static char metrics[MOST_THREADS][32];
    for (int index = 0; index < threads; index++) {
        job *job = &jobs[index];
        snprintf(metrics[index], sizeof metrics[index], "train/loss-%02d", index);
        job->logger = logger;
        job->calls = calls;
        job->floats = column(metrics[index], values, points);
        job->floats.name.labels = &label;
        job->floats.name.label_count = 1;
        job->rl.rl_step = 1;
        job->rl.environment_ids = &environment;
        job->rl.environment_count = 1;
        job->rl.values = values;
        job->rl.count = points;
        job->rl.ordered = 1;
        EXPECT(METRANA_STATUS_OK,
               metrana_logger_series(logger, rl ? METRANA_WORLD_RL : METRANA_WORLD_STD, &job->floats.name, 1, 0,
                                     &job->series, ERROR));
        job->call = strcmp(wanted, "empty") == 0           ? call_empty
                    : strcmp(wanted, "copy-10000") == 0    ? call_copy
                    : strcmp(wanted, "scalar-handle") == 0 ? call_scalar_handle
                    : strcmp(wanted, "scalar-name") == 0   ? call_name
                    : rl                                   ? call_rl_row
                    : points > 1                           ? call_column_handle
                                                           : NULL;
        CHECK(job->call != NULL);
    }

    if (threads == 1) {
        measured(&jobs[0]);
    } else {
        pthread_t started[MOST_THREADS];
        for (int index = 0; index < threads; index++) {
            CHECK(pthread_create(&started[index], NULL, thread_main, &jobs[index]) == 0);
        }
        for (int index = 0; index < threads; index++) {
            CHECK(pthread_join(started[index], NULL) == 0);
        }
    }

    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 300, ERROR));
    metrana_counters counters = counters_of(logger);
    uint64_t sent = counters.float_points.sent + counters.rl_float_points.sent;
    CHECK(sent == (uint64_t)points * (uint64_t)calls * (uint64_t)threads);
    for (int index = 0; index < threads; index++) {
        CHECK(jobs[index].worst == METRANA_STATUS_OK);
    }
    metrana_logger_free(logger);
    printf("%" PRIu64 "\n", sent);
    return 0;
}
