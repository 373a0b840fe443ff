/*
 * Operations that are begun and end as events.
 *
 *     begin ENDPOINT            everything that ends of its own
 *     begin ENDPOINT stalled    what ends operations that the service keeps waiting
 */
#include "check.h"

enum { TAG = 31, MANY = 50 };

/* The next completion; lines before it are counted. */
static metrana_event *next_end(const metrana_events *events, uint64_t *lines) {
    for (;;) {
        metrana_event *event = NULL;
        EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_next(events, 120, &event));
        if (metrana_event_kind(event) == METRANA_EVENT_TYPE_COMPLETION) {
            CHECK(metrana_event_level(event) == 0 && metrana_event_message(event).len == 0);
            CHECK(metrana_event_missed(event) == 0 && metrana_event_tag(event) == TAG);
            return event;
        }
        CHECK(metrana_event_token(event) == 0 && metrana_event_status(event) == METRANA_STATUS_OK);
        CHECK(metrana_event_error(event) == NULL && metrana_event_take_logger(event) == NULL);
        if (lines != NULL) {
            (*lines)++;
        }
        metrana_event_free(event);
    }
}

/* The end of an operation, which has to be this one; with the logger, where it opened one. */
static metrana_logger *end_of(const metrana_events *events, uint64_t token, metrana_status wanted) {
    metrana_event *event = next_end(events, NULL);
    metrana_status status = metrana_event_status(event);
    const metrana_error *error = metrana_event_error(event);
    CHECK(metrana_event_token(event) == token);
    check_answer(__FILE__, __LINE__, "the operation", wanted, status, error);
    metrana_logger *logger = metrana_event_take_logger(event);
    CHECK(metrana_event_take_logger(event) == NULL);
    metrana_event_free(event);
    return logger;
}

static metrana_events *new_events(size_t capacity) {
    metrana_events *events = NULL;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_new(capacity, &events));
    return events;
}

static metrana_config config_on(const char *endpoint, const char *name, const metrana_events *events) {
    metrana_config config = config_for(endpoint, name);
    config.events = events;
    config.event_tag = TAG;
    return config;
}

static metrana_logger *begun(const metrana_config *config) {
    EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(config, 1, ERROR));
    metrana_logger *logger = end_of(config->events, 1, METRANA_STATUS_OK);
    CHECK(logger != NULL);
    return logger;
}

static void log_one(const metrana_logger *logger, double value) {
    const metrana_std_floats floats = column("begun", &value, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));
}

static void open_flush_and_close(const char *endpoint) {
    metrana_events *events = new_events(64);

    /* What the settings point to is not needed any more when it returns. */
    metrana_config *config = malloc(sizeof *config);
    char *name = malloc(16);
    CHECK(config != NULL && name != NULL);
    strcpy(name, "begin");
    *config = config_on(endpoint, name, events);
    EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(config, UINT64_MAX, ERROR));
    memset(name, 0xff, 16);
    memset(config, 0xff, sizeof *config);
    free(name);
    free(config);
    metrana_logger *logger = end_of(events, UINT64_MAX, METRANA_STATUS_OK);
    CHECK(logger != NULL);

    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, 60, 2, ERROR));
    CHECK(end_of(events, 2, METRANA_STATUS_OK) == NULL);
    CHECK(counters_of(logger).float_points.sent == 1);

    /* Many at once, each with an end of its own. */
    for (uint64_t token = 0; token < MANY; token++) {
        log_one(logger, (double)token);
        EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, -1, 1000 + token, ERROR));
    }
    bool seen[MANY] = {false};
    for (int count = 0; count < MANY; count++) {
        metrana_event *event = next_end(events, NULL);
        uint64_t token = metrana_event_token(event) - 1000;
        CHECK(token < MANY && !seen[token] && metrana_event_status(event) == METRANA_STATUS_OK);
        seen[token] = true;
        metrana_event_free(event);
    }
    CHECK(counters_of(logger).float_points.sent == 1 + MANY);

    EXPECT(METRANA_STATUS_OK, metrana_logger_close_begin(logger, -1, 1, 3, ERROR));
    CHECK(end_of(events, 3, METRANA_STATUS_OK) == NULL);
    const double value = 1;
    const metrana_std_floats floats = column("begun", &value, 1);
    EXPECT(METRANA_STATUS_LOGGER_CLOSED, metrana_logger_log_std_floats(logger, &floats, ERROR));
    /* A second close answers like the first one, and a flush is too late. */
    EXPECT(METRANA_STATUS_OK, metrana_logger_close_begin(logger, -1, 0, 4, ERROR));
    CHECK(end_of(events, 4, METRANA_STATUS_OK) == NULL);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, -1, 5, ERROR));
    CHECK(end_of(events, 5, METRANA_STATUS_LOGGER_CLOSED) == NULL);
    metrana_logger_free(logger);

    metrana_config again = config_on(endpoint, "left open", events);
    logger = begun(&again);
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close_begin(logger, 60, 0, 6, ERROR));
    CHECK(end_of(events, 6, METRANA_STATUS_OK) == NULL);
    metrana_logger_free(logger);
    metrana_events_free(events);
}

static void what_fails_fails_in_the_event(const char *endpoint) {
    metrana_events *events = new_events(64);
    metrana_config config = config_on("http://127.0.0.1:1", "never", events);
    config.init_timeout = 0.2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(&config, 7, ERROR));
    metrana_event *event = next_end(events, NULL);
    metrana_status status = metrana_event_status(event);
    CHECK(status == METRANA_STATUS_CONNECT_FAILED || status == METRANA_STATUS_INIT_TIMEOUT);
    CHECK(metrana_error_status(metrana_event_error(event)) == status);
    CHECK(metrana_error_message(metrana_event_error(event)).len > 0);
    CHECK(metrana_event_take_logger(event) == NULL);
    metrana_event_free(event);

    config = config_on("nowhere", "never", events);
    EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(&config, 8, ERROR));
    CHECK(end_of(events, 8, METRANA_STATUS_INVALID_CONFIG) == NULL);

    /* What cannot begin is refused at once, and has no end. */
    config = config_on(endpoint, "never", NULL);
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_open_begin(&config, 9, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_open_begin(NULL, 9, ERROR));
    config = config_on(endpoint, "\xff", events);
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_open_begin(&config, 9, ERROR));
    config = config_on(endpoint, "never", events);
    config.struct_size--;
    EXPECT(METRANA_STATUS_STRUCT_SIZE, metrana_logger_open_begin(&config, 9, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_flush_begin(NULL, 1, 9, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_close_begin(NULL, 1, 1, 9, ERROR));

    config = config_on(endpoint, "refusals", events);
    metrana_logger *logger = begun(&config);
    EXPECT(METRANA_STATUS_INVALID_DURATION, metrana_logger_flush_begin(logger, (double)__builtin_nanf(""), 9, ERROR));
    EXPECT(METRANA_STATUS_INVALID_DURATION,
           metrana_logger_close_begin(logger, (double)__builtin_nanf(""), 1, 9, ERROR));
    EXPECT(METRANA_STATUS_PANICKED, metrana_logger_debug_panic(logger, ERROR));
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_flush_begin(logger, 1, 9, ERROR));
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_close_begin(logger, 1, 1, 9, ERROR));
    metrana_logger_free(logger);

    /* Nobody would hear of the end. */
    config = config_on(endpoint, "unheard", NULL);
    logger = open_logger(&config);
    EXPECT(METRANA_STATUS_INVALID_CONFIG, metrana_logger_flush_begin(logger, 1, 9, ERROR));
    EXPECT(METRANA_STATUS_INVALID_CONFIG, metrana_logger_close_begin(logger, 1, 1, 9, ERROR));
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    metrana_logger_free(logger);
    config = config_on(endpoint, "heard no more", events);
    logger = begun(&config);
    metrana_events_close(events);
    EXPECT(METRANA_STATUS_EVENTS_CLOSED, metrana_logger_open_begin(&config, 9, ERROR));
    EXPECT(METRANA_STATUS_EVENTS_CLOSED, metrana_logger_flush_begin(logger, 1, 9, ERROR));
    EXPECT(METRANA_STATUS_EVENTS_CLOSED, metrana_logger_close_begin(logger, 1, 1, 9, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    event = NULL;
    EXPECT_STATUS(METRANA_STATUS_EVENTS_CLOSED, metrana_events_next(events, -1, &event));
    CHECK(event == NULL);
    metrana_logger_free(logger);
    metrana_events_free(events);
}

/* A queue for one line, and far more lines than that around every end. */
static void no_line_pushes_an_end_out(const char *endpoint) {
    metrana_events *events = new_events(1);
    metrana_config config = config_on(endpoint, "flood", events);
    config.log_level = METRANA_LOG_LEVEL_TRACE;
    metrana_logger *logger = begun(&config);
    const double values[] = {1, 2};
    const uint64_t backwards[] = {8, 7};
    metrana_std_floats floats = column("told", values, 2);
    floats.steps_kind = METRANA_STEPS_KIND_EACH;
    floats.steps = backwards;
    floats.step_count = 2;
    for (uint64_t token = 0; token < MANY; token++) {
        EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, -1, token, ERROR));
        for (int line = 0; line < 20; line++) {
            EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));
        }
    }
    uint64_t sum = 0, lines = 0;
    for (int count = 0; count < MANY; count++) {
        metrana_event *event = next_end(events, &lines);
        sum += metrana_event_token(event);
        metrana_event_free(event);
    }
    CHECK(sum == MANY * (MANY - 1) / 2 && lines < MANY * 20);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    metrana_logger_free(logger);
    metrana_events_free(events);
}

/* Loggers that nobody takes are freed with what they are in; the tool that watches this program sees to it. */
static void nobody_takes_it(const char *endpoint) {
    metrana_events *events = new_events(8);
    metrana_config config = config_on(endpoint, "not taken", events);
    config.resume = METRANA_RESUME_ALLOW;
    EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(&config, 1, ERROR));
    metrana_event *event = next_end(events, NULL);
    CHECK(metrana_event_status(event) == METRANA_STATUS_OK);
    metrana_event_free(event);

    for (uint64_t token = 0; token < 8; token++) {
        EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(&config, token, ERROR));
    }
    for (int count = 0; count < 4; count++) {
        metrana_event_free(next_end(events, NULL));
    }
    metrana_events_free(events);
}

static void nothing_at_all(void) {
    CHECK(metrana_event_token(NULL) == 0 && metrana_event_status(NULL) == METRANA_STATUS_NULL_POINTER);
    CHECK(metrana_event_error(NULL) == NULL && metrana_event_take_logger(NULL) == NULL);
}

/* The service acknowledges nothing. */
static void kept_waiting(const char *endpoint) {
    metrana_events *events = new_events(64);
    metrana_config config = config_on(endpoint, "kept waiting", events);
    config.ack_stall_timeout = -1;

    metrana_logger *logger = begun(&config);
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, 0.05, 1, ERROR));
    CHECK(end_of(events, 1, METRANA_STATUS_FLUSH_TIMEOUT) == NULL);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close_begin(logger, 0.05, 1, 2, ERROR));
    CHECK(end_of(events, 2, METRANA_STATUS_CLOSE_TIMEOUT) == NULL);
    metrana_logger_free(logger);

    /* Freeing waits for nobody, and whoever waits is told. */
    logger = begun(&config);
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, -1, 3, ERROR));
    metrana_logger_free(logger);
    CHECK(end_of(events, 3, METRANA_STATUS_LOGGER_CLOSED) == NULL);
    logger = begun(&config);
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close_begin(logger, 1e9, 1, 4, ERROR));
    metrana_logger_free(logger);
    CHECK(end_of(events, 4, METRANA_STATUS_LOGGER_CLOSED) == NULL);

    /* What is cancelled ends at once: an opening altogether, a flush and a close for whoever waits. */
    metrana_config away = config_on("http://127.0.0.1:1", "away", events);
    EXPECT(METRANA_STATUS_OK, metrana_logger_open_begin(&away, 6, ERROR));
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_cancel(events, 6));
    CHECK(end_of(events, 6, METRANA_STATUS_CANCELLED) == NULL);
    logger = begun(&config);
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, -1, 7, ERROR));
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_cancel(events, 7));
    CHECK(end_of(events, 7, METRANA_STATUS_CANCELLED) == NULL);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close_begin(logger, -1, 1, 8, ERROR));
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_cancel(events, 8));
    CHECK(end_of(events, 8, METRANA_STATUS_CANCELLED) == NULL);
    metrana_logger_free(logger);
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_cancel(events, 8));
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_events_cancel(NULL, 8));

    /* A panic ends it as well. */
    logger = begun(&config);
    log_one(logger, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_flush_begin(logger, -1, 5, ERROR));
    EXPECT(METRANA_STATUS_PANICKED, metrana_logger_debug_panic(logger, ERROR));
    CHECK(end_of(events, 5, METRANA_STATUS_POISONED) == NULL);
    metrana_logger_free(logger);
    metrana_events_free(events);
}

int main(int count, char **arguments) {
    CHECK(count == 2 || (count == 3 && strcmp(arguments[2], "stalled") == 0));
    if (count == 3) {
        kept_waiting(arguments[1]);
    } else {
        nothing_at_all();
        open_flush_and_close(arguments[1]);
        what_fails_fails_in_the_event(arguments[1]);
        no_line_pushes_an_end_out(arguments[1]);
        nobody_takes_it(arguments[1]);
    }
    say("done");
    return 0;
}
