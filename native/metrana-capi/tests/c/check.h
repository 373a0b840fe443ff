/* What the C programs share: checks that end the program with a line that says where, and short ways to say things. */
#ifndef CHECK_H
#define CHECK_H

#include <metrana.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* A call that has to answer `wanted`. Its error argument is `ERROR`, which is freed here. */
#define EXPECT(wanted, call)                                                                                           \
    do {                                                                                                               \
        metrana_error *check_error = NULL;                                                                             \
        metrana_status check_status = (call);                                                                          \
        check_answer(__FILE__, __LINE__, #call, (wanted), check_status, check_error);                                  \
        metrana_error_free(check_error);                                                                               \
    } while (0)
#define ERROR (&check_error)

/* A call without an error argument that has to answer `wanted`. */
#define EXPECT_STATUS(wanted, call)                                                                                    \
    do {                                                                                                               \
        metrana_status check_status = (call);                                                                          \
        if (check_status != (wanted)) {                                                                                \
            fprintf(stderr, "%s:%d: %s: status %d, expected %d\n", __FILE__, __LINE__, #call, (int)check_status,       \
                    (int)(wanted));                                                                                    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline void check_answer(const char *file, int line, const char *call, metrana_status wanted,
                                metrana_status got, const metrana_error *error) {
    metrana_str text = metrana_error_message(error);
    bool told = (got == METRANA_STATUS_OK) == (error == NULL) && (error == NULL || metrana_error_status(error) == got) &&
                (error == NULL || text.len > 0);
    if (got != wanted || !told) {
        fprintf(stderr, "%s:%d: %s: status %d, expected %d; error: %.*s\n", file, line, call, (int)got, (int)wanted,
                (int)text.len, text.ptr == NULL ? "" : (const char *)text.ptr);
        exit(1);
    }
}

static inline metrana_str str(const char *text) {
    return (metrana_str){(const uint8_t *)text, strlen(text)};
}

/* A pointer to the name of a series. */
#define NAME(metric, scale, labels, label_count) (&(metrana_series_name){metric, scale, labels, label_count})

static inline bool contains(metrana_str text, const char *part) {
    size_t length = strlen(part);
    for (size_t at = 0; at + length <= text.len; at++) {
        if (memcmp(text.ptr + at, part, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Defaults for a run of this name. */
static inline metrana_config config_for(const char *endpoint, const char *run_name) {
    metrana_config config;
    config.struct_size = sizeof config;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_config_init(&config));
    config.api_key = str("key");
    config.workspace = str("workspace");
    config.project = str("project");
    config.run_name = str(run_name);
    config.endpoint = str(endpoint);
    config.orchestration_id = str("job");
    config.init_timeout = 60;
    config.close_timeout = 120;
    return config;
}

static inline metrana_logger *open_logger(const metrana_config *config) {
    metrana_logger *logger = NULL;
    EXPECT(METRANA_STATUS_OK, metrana_logger_open(config, &logger, ERROR));
    CHECK(logger != NULL);
    return logger;
}

/* A column of doubles on an unlabelled series, with steps of its own accord and the time of now. */
static inline metrana_std_floats column(const char *metric, const double *values, size_t count) {
    metrana_std_floats floats;
    memset(&floats, 0, sizeof floats);
    floats.name.metric = str(metric);
    floats.name.scale = str("ML_STEP");
    floats.values = values;
    floats.count = count;
    return floats;
}

/* Columns as the pieces of a batch. */
static inline metrana_status log_columns(const metrana_logger *logger, const metrana_std_floats *columns, size_t count,
                                         metrana_error **error) {
    metrana_piece pieces[8];
    CHECK(count <= sizeof pieces / sizeof *pieces);
    memset(pieces, 0, sizeof pieces);
    for (size_t index = 0; index < count; index++) {
        pieces[index].floats = &columns[index];
    }
    return metrana_logger_log_batch(logger, pieces, count, error);
}

static inline metrana_counters counters_of(const metrana_logger *logger) {
    metrana_counters counters;
    counters.struct_size = sizeof counters;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_logger_counters(logger, &counters));
    const metrana_kind_counters *kind = &counters.float_points;
    CHECK(kind->added == kind->refused + kind->enqueued);
    CHECK(kind->enqueued == kind->sent + kind->dropped + kind->spooled + kind->pending);
    return counters;
}

/* A word for the process that started this one. */
static inline void say(const char *word) {
    puts(word);
    fflush(stdout);
}

#endif
