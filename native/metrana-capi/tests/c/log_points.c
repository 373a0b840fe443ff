/*
 * Logs every form of a column through the ABI, from one thread and from several, and closes.
 *
 *     log_points ENDPOINT [--leak]
 *
 * With --leak it forgets to free an error, to show that the tool that watches this program sees it.
 */
#include "check.h"

#include <math.h>

enum { WRITERS = 4, ROUNDS = 250 };

static void *read_events(void *argument) {
    const metrana_events *events = argument;
    static uint64_t told;
    for (;;) {
        metrana_event *event = NULL;
        metrana_status status = metrana_events_next(events, -1, &event);
        if (status == METRANA_STATUS_EVENTS_CLOSED) {
            CHECK(event == NULL);
            return &told;
        }
        CHECK(status == METRANA_STATUS_OK && event != NULL);
        CHECK(metrana_event_kind(event) == METRANA_EVENT_TYPE_LOG);
        CHECK(metrana_event_level(event) >= METRANA_LOG_LEVEL_ERROR);
        CHECK(metrana_event_level(event) <= METRANA_LOG_LEVEL_TRACE);
        CHECK(metrana_event_tag(event) == 77);
        CHECK(metrana_event_message(event).len > 0);
        CHECK(!contains(metrana_event_message(event), "a secret"));
        told += contains(metrana_event_message(event), "told") ? 1 : 0;
        metrana_event_free(event);
    }
}

struct writer {
    const metrana_logger *logger;
    double number;
};

static void *write_scalars(void *argument) {
    const struct writer *writer = argument;
    char name[32];
    snprintf(name, sizeof name, "%g", writer->number);
    metrana_label label = {str("writer"), str(name)};
    for (int round = 0; round < ROUNDS; round++) {
        double value = writer->number * 1000 + round;
        metrana_std_floats floats = column("threads", &value, 1);
        floats.name.labels = &label;
        floats.name.label_count = 1;
        EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(writer->logger, &floats, ERROR));
    }
    return NULL;
}

static void log_every_form(const metrana_logger *logger) {
    /* Steps and times of their own accord, values that are easily lost on the way, labels. */
    const double special[] = {1.5, -0.0, INFINITY, -INFINITY, 5e-324};
    metrana_label labels[] = {{str("b"), str("\xC3\xA9t\xC3\xA9 1")}, {str("a"), str("")}};
    metrana_std_floats floats = column("auto", special, 5);
    floats.name.labels = labels;
    floats.name.label_count = 2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));

    /* Single precision, from a step on, at one time. */
    const float singles[] = {0.1f, 0.2f, 0.3f};
    floats = column("from", NULL, 3);
    floats.values = singles;
    floats.dtype = METRANA_DTYPE_FLOAT32;
    floats.steps_kind = METRANA_STEPS_KIND_FROM;
    floats.first_step = 100;
    floats.timestamps.kind = METRANA_TIMESTAMPS_KIND_AT;
    floats.timestamps.millis = -5;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));

    /* A step and a time for each. */
    const double values[] = {10, 20, 30};
    const uint64_t steps[] = {3, 30, 9223372036854775807u};
    const int64_t times[] = {1000, 2000, 3000};
    floats = column("each", values, 3);
    floats.steps_kind = METRANA_STEPS_KIND_EACH;
    floats.steps = steps;
    floats.step_count = 3;
    floats.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH;
    floats.timestamps.each = times;
    floats.timestamps.count = 3;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));

    /* A step that does not grow is told, and logged all the same. */
    floats = column("told", values, 2);
    const uint64_t backwards[] = {8, 7};
    floats.steps_kind = METRANA_STEPS_KIND_EACH;
    floats.steps = backwards;
    floats.step_count = 2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));

    /* Nothing at all. */
    floats = column("auto", NULL, 0);
    floats.name.labels = labels;
    floats.name.label_count = 2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));

    /* What is borrowed for the call may be anything after it. */
    double *column_of_its_own = malloc(1000 * sizeof *column_of_its_own);
    CHECK(column_of_its_own != NULL);
    for (int index = 0; index < 1000; index++) {
        column_of_its_own[index] = index;
    }
    floats = column("gone", column_of_its_own, 1000);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));
    memset(column_of_its_own, 0xff, 1000 * sizeof *column_of_its_own);
    free(column_of_its_own);
}

static void ask_for_steps(const metrana_logger *logger) {
    uint64_t step = 1;
    uint8_t found = 9;
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_series_last_step(logger, NAME(str("from"), str("ML_STEP"), NULL, 0), &step, &found, ERROR));
    CHECK(found == 1 && step == 102);
    /* The order of labels does not matter. */
    metrana_label labels[] = {{str("a"), str("")}, {str("b"), str("\xC3\xA9t\xC3\xA9 1")}};
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_series_last_step(logger, NAME(str("auto"), str("ML_STEP"), labels, 2), &step, &found, ERROR));
    CHECK(found == 1 && step == 4);
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_series_last_step(logger, NAME(str("nobody"), str("ML_STEP"), NULL, 0), &step, &found, ERROR));
    CHECK(found == 0 && step == 0);
}

static void use_a_closed_logger(const metrana_logger *logger) {
    const double value = 1;
    metrana_std_floats floats = column("late", &value, 1);
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_logger_log_std_floats(logger, &floats, ERROR));
    EXPECT_STATUS(METRANA_STATUS_LOGGER_CLOSED, metrana_logger_log_std_floats(logger, &floats, NULL));
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_logger_flush(logger, 1, ERROR));
    /* A second close gives the answer of the first. */
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 0, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_shutdown(logger, 0, ERROR));
}

/* Many, so that no copy of a pointer that was left behind on the stack can keep them all reachable. */
static void forget_errors(const metrana_logger *logger) {
    for (int round = 0; round < 100; round++) {
        metrana_error *forgotten = NULL;
        CHECK(metrana_logger_flush(logger, 0, &forgotten) == METRANA_STATUS_LOGGER_CLOSED);
    }
}

int main(int count, char **arguments) {
    CHECK(count >= 2);
    CHECK(metrana_abi_version() == METRANA_ABI_VERSION);
    CHECK(metrana_version().len > 0);

    metrana_events *events = NULL;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_new(1000, &events));
    pthread_t reader;
    CHECK(pthread_create(&reader, NULL, read_events, events) == 0);

    metrana_config config = config_for(arguments[1], "log_points");
    config.api_key = str("a secret");
    config.orchestration_id = str("job of log_points");
    config.logger_id = 4711;
    config.log_level = METRANA_LOG_LEVEL_TRACE;
    config.events = events;
    config.event_tag = 77;
    metrana_logger *logger = open_logger(&config);
    memset(&config, 0xff, sizeof config);

    metrana_run_info info;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_logger_info(logger, &info));
    CHECK(info.run_id.len > 0 && info.created == 1 && info.logger_id == 4711);
    CHECK(contains(info.orchestration_id, "job of log_points"));

    log_every_form(logger);
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    for (int index = 0; index < WRITERS; index++) {
        writers[index] = (struct writer){logger, index};
        CHECK(pthread_create(&threads[index], NULL, write_scalars, &writers[index]) == 0);
    }
    for (int index = 0; index < WRITERS; index++) {
        CHECK(pthread_join(threads[index], NULL) == 0);
    }
    ask_for_steps(logger);

    const uint64_t points = 5 + 3 + 3 + 2 + 1000 + WRITERS * ROUNDS;
    CHECK(counters_of(logger).float_points.enqueued == points);
    CHECK(counters_of(logger).mis_steps == 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush(logger, 60, ERROR));
    CHECK(counters_of(logger).float_points.sent == points);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, -1, ERROR));
    use_a_closed_logger(logger);
    CHECK(counters_of(logger).float_points.sent == points);
    CHECK(counters_of(logger).float_points.added == points);

    metrana_error_list *errors = NULL;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_logger_take_errors(logger, &errors));
    CHECK(metrana_error_list_len(errors) == 0 && metrana_error_list_get(errors, 0) == NULL);
    metrana_error_list_free(errors);

    if (count >= 3 && strcmp(arguments[2], "--leak") == 0) {
        forget_errors(logger);
    }

    metrana_logger_free(logger);
    metrana_events_close(events);
    metrana_events_close(events);
    void *told = NULL;
    CHECK(pthread_join(reader, &told) == 0);
    CHECK(*(uint64_t *)told == 1);
    metrana_events_free(events);
    say("done");
    return 0;
}
