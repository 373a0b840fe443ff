/*
 * Handles to series and environments: what they log, and that one which is kept too long does no harm.
 *
 *     handles ENDPOINT
 */
#include "check.h"

#define OFF_BY(pointer, bytes) ((void *)((uintptr_t)(pointer) + (bytes)))

enum { WRITERS = 4, ROUNDS = 10 };

static metrana_series find(const metrana_logger *logger, const char *metric) {
    metrana_series series;
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_series(logger, METRANA_WORLD_STD,
                                 NAME(str(metric), str("ML_STEP"), NULL, 0), 1, 0, &series, ERROR));
    return series;
}

static void log_by_handle(const metrana_logger *logger) {
    /* The same name is the same series. */
    metrana_series loss = find(logger, "loss"), again = find(logger, "loss");
    CHECK(loss.generation != 0 && loss.slot == again.slot && loss.generation == again.generation);
    CHECK(loss.series == again.series && loss.series != find(logger, "other").series);
    metrana_series there, missing;
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_find_series(logger, METRANA_WORLD_STD,
                                      NAME(str("loss"), str("ML_STEP"), NULL, 0), 1, 0, &there, ERROR));
    CHECK(there.generation == loss.generation && there.series == loss.series);
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_find_series(logger, METRANA_WORLD_RL,
                                      NAME(str("loss"), str("ML_STEP"), NULL, 0), 1, 0, &missing, ERROR));
    CHECK(missing.generation == 0);

    EXPECT(METRANA_STATUS_OK, metrana_series_log_f64(loss, 0.5, ERROR));
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_series_log_f64(again, 0.25, NULL));
    const float singles[] = {1, 2};
    metrana_std_floats floats;
    memset(&floats, 0, sizeof floats);
    floats.name.metric = (metrana_str){NULL, 99};
    floats.name.label_count = 99;
    floats.values = singles;
    floats.count = 2;
    floats.dtype = METRANA_DTYPE_FLOAT32;
    floats.steps_kind = METRANA_STEPS_KIND_FROM;
    floats.first_step = 10;
    floats.timestamps.kind = METRANA_TIMESTAMPS_KIND_AT;
    floats.timestamps.millis = 5;
    EXPECT(METRANA_STATUS_OK, metrana_series_log_std(loss, &floats, ERROR));
    /* By name it goes on from there. */
    const double value = 4;
    metrana_std_floats named = column("loss", &value, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &named, ERROR));
    /* None at all is fine. */
    floats.count = 0;
    EXPECT(METRANA_STATUS_OK, metrana_series_log_std(loss, &floats, ERROR));
}

static void log_rl_by_handle(const metrana_logger *logger) {
    metrana_label label = {str("team"), str("blue")};
    metrana_series reward;
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_series(logger, METRANA_WORLD_RL,
                                 NAME(str("reward"), str("ENV_STEP"), &label, 1), 1, 1, &reward, ERROR));
    enum { MANY = 40 };
    metrana_str names[MANY];
    char texts[MANY][16];
    uint32_t ids[MANY + 1];
    double values[MANY];
    for (int index = 0; index < MANY; index++) {
        snprintf(texts[index], sizeof texts[index], "env-%d", index);
        names[index] = str(texts[index]);
        values[index] = index;
    }
    ids[MANY] = 0x5a5a5a5a;
    EXPECT(METRANA_STATUS_OK, metrana_logger_environments(logger, names, MANY, ids, ERROR));
    CHECK(ids[MANY] == 0x5a5a5a5a);
    EXPECT(METRANA_STATUS_OK, metrana_logger_environments(logger, NULL, 0, NULL, ERROR));

    metrana_rl_floats floats;
    memset(&floats, 0, sizeof floats);
    floats.rl_step = 1;
    floats.environment_ids = ids;
    floats.environment_count = MANY;
    floats.values = values;
    floats.count = MANY;
    floats.ordered = 1;
    floats.episodes_kind = METRANA_SPREAD_UNIFORM;
    floats.episode = 6;
    EXPECT(METRANA_STATUS_OK, metrana_series_log_rl(reward, &floats, ERROR));
    /* By name, too, environments may be numbers. */
    floats.rl_step = 2;
    floats.name.metric = str("reward");
    floats.name.scale = str("ENV_STEP");
    floats.name.labels = &label;
    floats.name.label_count = 1;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_rl_floats(logger, &floats, ERROR));

    floats.environments = names;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_series_log_rl(reward, &floats, ERROR));
    floats.environments = NULL;
    const uint32_t unknown = MANY + 1;
    floats.environment_ids = &unknown;
    floats.environment_count = 1;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_series_log_rl(reward, &floats, ERROR));
    floats.environment_ids = OFF_BY(ids, 2);
    EXPECT(METRANA_STATUS_MISALIGNED, metrana_series_log_rl(reward, &floats, ERROR));
    floats.environment_ids = NULL;
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_series_log_rl(reward, &floats, ERROR));
    floats.environment_count = 0;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_series_log_rl(reward, &floats, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_series_log_rl(reward, NULL, ERROR));

    /* A handle to a series of one world logs nothing to the other. */
    EXPECT(METRANA_STATUS_VALIDATION, metrana_series_log_f64(reward, 1, ERROR));
}

static void wrong_ways_to_find(const metrana_logger *logger) {
    const metrana_str metric = str("found"), scale = str("ML_STEP"), broken = str("\xff");
    metrana_series series;

#define NOT_FOUND(status, ...)                                                                                         \
    memset(&series, 0x5a, sizeof series);                                                                              \
    EXPECT(status, metrana_logger_series(__VA_ARGS__, &series, ERROR));                                                \
    CHECK(series.generation == 0)

    NOT_FOUND(METRANA_STATUS_INVALID_ENUM, logger, 2, NAME(metric, scale, NULL, 0), 1, 0);
    NOT_FOUND(METRANA_STATUS_INVALID_ENUM, logger, -1, NAME(metric, scale, NULL, 0), 1, 0);
    NOT_FOUND(METRANA_STATUS_INVALID_UTF8, logger, METRANA_WORLD_STD, NAME(broken, scale, NULL, 0), 1, 0);
    NOT_FOUND(METRANA_STATUS_NULL_POINTER, logger, METRANA_WORLD_STD, NAME(metric, scale, NULL, 1), 1, 0);
    NOT_FOUND(METRANA_STATUS_VALIDATION, logger, METRANA_WORLD_STD, NAME(metric, str("two words"), NULL, 0), 1, 0);
    NOT_FOUND(METRANA_STATUS_VALIDATION, logger, METRANA_WORLD_STD, NAME(str("loss"), scale, NULL, 0), 0, 0);
    NOT_FOUND(METRANA_STATUS_NULL_POINTER, logger, METRANA_WORLD_STD, NULL, 1, 0);
    NOT_FOUND(METRANA_STATUS_MISALIGNED, logger, METRANA_WORLD_STD, OFF_BY(NULL, 3), 1, 0);
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_series(NULL, METRANA_WORLD_STD, NAME(metric, scale, NULL, 0), 1, 0, &series, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_series(logger, METRANA_WORLD_STD, NAME(metric, scale, NULL, 0), 1, 0, NULL, ERROR));
    EXPECT(METRANA_STATUS_MISALIGNED,
           metrana_logger_series(logger, METRANA_WORLD_STD,
                                 NAME(metric, scale, NULL, 0), 1, 0, OFF_BY(&series, 2), ERROR));

    uint32_t ids[2] = {7, 7};
    const metrana_str names[] = {str("one"), broken};
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_environments(logger, names, 2, ids, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_environments(logger, names, 1, NULL, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_environments(logger, NULL, 1, ids, ERROR));
    EXPECT(METRANA_STATUS_MISALIGNED, metrana_logger_environments(logger, names, 1, OFF_BY(ids, 1), ERROR));
    EXPECT(METRANA_STATUS_INVALID_LENGTH, metrana_logger_environments(logger, names, SIZE_MAX / 2, ids, ERROR));
    CHECK(ids[0] == 7 && ids[1] == 7);
}

static void numbers_from_nowhere(metrana_series series) {
    const metrana_series nothing = {0, 0, 0, 0};
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64(nothing, 1, ERROR));
    for (uint32_t slot = 0; slot < 70; slot++) {
        EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64((metrana_series){slot, 0, 0, 0}, 1, ERROR));
    }
    metrana_series wrong = series;
    wrong.slot = UINT32_MAX;
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64(wrong, 1, ERROR));
    wrong = series;
    wrong.generation++;
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64(wrong, 1, ERROR));
    wrong = series;
    wrong.series = UINT32_MAX;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_series_log_f64(wrong, 1, ERROR));
    wrong = series;
    wrong.reserved = 1;
    EXPECT(METRANA_STATUS_RESERVED, metrana_series_log_f64(wrong, 3, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_series_log_f64(series, 3, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_series_log_std(series, NULL, ERROR));
}

struct writer {
    metrana_series series;
    uint64_t accepted;
};

static void *write_until_refused(void *argument) {
    struct writer *writer = argument;
    metrana_status status;
    while ((status = metrana_series_log_f64(writer->series, 1, NULL)) == METRANA_STATUS_OK) {
        writer->accepted++;
    }
    CHECK(status == METRANA_STATUS_LOGGER_CLOSED);
    return NULL;
}

/* Writers that do not know that their logger is closed, freed and followed by others. */
static uint64_t loggers_come_and_go(const char *endpoint) {
    uint64_t accepted = 0;
    metrana_config config = config_for(endpoint, "come and go");
    for (int round = 0; round < ROUNDS; round++) {
        metrana_logger *logger = open_logger(&config);
        static struct writer writers[WRITERS];
        pthread_t threads[WRITERS];
        for (int index = 0; index < WRITERS; index++) {
            writers[index] = (struct writer){find(logger, "threads"), 0};
            CHECK(pthread_create(&threads[index], NULL, write_until_refused, &writers[index]) == 0);
        }
        while (counters_of(logger).float_points.enqueued < 100) {
        }
        EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
        uint64_t sent = counters_of(logger).float_points.sent;
        metrana_logger_free(logger);
        metrana_logger *next = open_logger(&config);
        for (int index = 0; index < WRITERS; index++) {
            CHECK(pthread_join(threads[index], NULL) == 0);
            accepted += writers[index].accepted;
            sent -= writers[index].accepted;
        }
        CHECK(sent == 0);
        CHECK(counters_of(next).float_points.added == 0);
        metrana_logger_free(next);
    }
    return accepted;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    metrana_config config = config_for(arguments[1], "handles");
    metrana_logger *logger = open_logger(&config);
    log_by_handle(logger);
    log_rl_by_handle(logger);
    wrong_ways_to_find(logger);
    metrana_series series = find(logger, "kept");
    numbers_from_nowhere(series);
    CHECK(counters_of(logger).float_points.added == 6 && counters_of(logger).rl_float_points.added == 80);

    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    const double value = 1;
    const metrana_std_floats floats = column("kept", &value, 1);
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64(series, 1, ERROR));
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_std(series, &floats, ERROR));
    uint32_t id;
    const metrana_str name = str("env-0");
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_logger_environments(logger, &name, 1, &id, ERROR));
    metrana_series another;
    EXPECT(METRANA_STATUS_LOGGER_CLOSED,
           metrana_logger_series(logger, METRANA_WORLD_STD,
                                 NAME(str("kept"), str("ML_STEP"), NULL, 0), 1, 0, &another, ERROR));
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, log_columns(logger, &floats, 1, ERROR));
    metrana_logger_free(logger);
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64(series, 1, ERROR));

    printf("accepted %llu\n", (unsigned long long)loggers_come_and_go(arguments[1]));
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_series_log_f64(series, 1, ERROR));
    return 0;
}
