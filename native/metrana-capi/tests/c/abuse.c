/*
 * Hands in what must not be handed in: everything that can be seen to be wrong is refused with a status of its own,
 * and the logger it was handed to works as before.
 *
 *     abuse ENDPOINT
 */
#include "check.h"

static const metrana_str NULL_WITH_LENGTH = {NULL, 3};

/* A pointer of the same type, `bytes` further on. */
#define OFF_BY(pointer, bytes) ((void *)((uintptr_t)(pointer) + (bytes)))

static metrana_status log_it(const metrana_logger *logger, const metrana_std_floats *floats, metrana_error **error) {
    return metrana_logger_log_std_floats(logger, floats, error);
}

static void wrong_columns(const metrana_logger *logger) {
    _Alignas(16) static const double values[4] = {1, 2, 3, 4};
    _Alignas(16) static const uint64_t steps[4] = {1, 2, 3, 4};
    _Alignas(16) static const int64_t times[4] = {1, 2, 3, 4};
    metrana_label label = {str("key"), str("value")};
    const metrana_std_floats good = column("abused", values, 2);
    metrana_std_floats floats;

#define REFUSED(status, change)                                                                                        \
    floats = good;                                                                                                     \
    change;                                                                                                            \
    EXPECT(status, log_it(logger, &floats, ERROR));                                                                    \
    EXPECT_STATUS(status, log_it(logger, &floats, NULL))

    REFUSED(METRANA_STATUS_NULL_POINTER, floats.values = NULL);
    REFUSED(METRANA_STATUS_MISALIGNED, floats.values = OFF_BY(values, 1));
    REFUSED(METRANA_STATUS_MISALIGNED, floats.values = OFF_BY(values, 4));
    REFUSED(METRANA_STATUS_MISALIGNED, (floats.values = OFF_BY(values, 2), floats.dtype = METRANA_DTYPE_FLOAT32));
    REFUSED(METRANA_STATUS_INVALID_LENGTH, floats.count = SIZE_MAX);
    REFUSED(METRANA_STATUS_INVALID_LENGTH, floats.count = (size_t)PTRDIFF_MAX / sizeof(double) + 1);
    REFUSED(METRANA_STATUS_INVALID_LENGTH, (floats.values = OFF_BY(NULL, UINTPTR_MAX - 7), floats.count = 2));
    REFUSED(METRANA_STATUS_INVALID_ENUM, floats.dtype = 2);
    REFUSED(METRANA_STATUS_INVALID_ENUM, floats.dtype = -1);

    REFUSED(METRANA_STATUS_INVALID_ENUM, floats.steps_kind = 3);
    REFUSED(METRANA_STATUS_NULL_POINTER, (floats.steps_kind = METRANA_STEPS_KIND_EACH, floats.step_count = 2));
    REFUSED(METRANA_STATUS_MISALIGNED, (floats.steps_kind = METRANA_STEPS_KIND_EACH, floats.step_count = 2,
                                        floats.steps = OFF_BY(steps, 4)));
    REFUSED(METRANA_STATUS_INVALID_LENGTH, (floats.steps_kind = METRANA_STEPS_KIND_EACH,
                                            floats.step_count = SIZE_MAX / 2, floats.steps = steps));
    REFUSED(METRANA_STATUS_VALIDATION,
            (floats.steps_kind = METRANA_STEPS_KIND_EACH, floats.step_count = 3, floats.steps = steps));
    REFUSED(METRANA_STATUS_VALIDATION, floats.steps_kind = METRANA_STEPS_KIND_EACH);
    REFUSED(METRANA_STATUS_VALIDATION,
            (floats.steps_kind = METRANA_STEPS_KIND_FROM, floats.first_step = UINT64_MAX));

    REFUSED(METRANA_STATUS_INVALID_ENUM, floats.timestamps.kind = 3);
    REFUSED(METRANA_STATUS_NULL_POINTER,
            (floats.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH, floats.timestamps.count = 2));
    REFUSED(METRANA_STATUS_MISALIGNED, (floats.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH,
                                        floats.timestamps.count = 2, floats.timestamps.each = OFF_BY(times, 4)));
    REFUSED(METRANA_STATUS_VALIDATION, (floats.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH,
                                        floats.timestamps.count = 1, floats.timestamps.each = times));

    REFUSED(METRANA_STATUS_RESERVED, floats.timestamps.reserved = -1);
    REFUSED(METRANA_STATUS_RESERVED, floats.reserved[6] = 1);
    REFUSED(METRANA_STATUS_NULL_POINTER, floats.name.metric = NULL_WITH_LENGTH);
    REFUSED(METRANA_STATUS_NULL_POINTER, floats.name.scale = NULL_WITH_LENGTH);
    REFUSED(METRANA_STATUS_INVALID_LENGTH, floats.name.metric.len = SIZE_MAX);
    REFUSED(METRANA_STATUS_INVALID_UTF8, floats.name.metric = str("ab\xff"));
    REFUSED(METRANA_STATUS_INVALID_UTF8, floats.name.scale = str("\xed\xa0\x80"));
    REFUSED(METRANA_STATUS_VALIDATION, floats.name.metric = str(""));
    REFUSED(METRANA_STATUS_VALIDATION, (floats.name.metric.ptr = NULL, floats.name.metric.len = 0));
    REFUSED(METRANA_STATUS_VALIDATION, floats.name.metric.len = 0);
    REFUSED(METRANA_STATUS_VALIDATION, floats.name.metric = ((metrana_str){(const uint8_t *)"a\0b", 3}));

    REFUSED(METRANA_STATUS_NULL_POINTER, floats.name.label_count = 1);
    REFUSED(METRANA_STATUS_MISALIGNED, (floats.name.labels = OFF_BY(&label, 4), floats.name.label_count = 1));
    REFUSED(METRANA_STATUS_INVALID_LENGTH, (floats.name.labels = &label, floats.name.label_count = SIZE_MAX / 16));
    REFUSED(METRANA_STATUS_INVALID_UTF8,
            (label.key = str("\xc3"), floats.name.labels = &label, floats.name.label_count = 1));
    REFUSED(METRANA_STATUS_INVALID_UTF8, (label = (metrana_label){str("key"), str("\xc0\x80")},
                                          floats.name.labels = &label, floats.name.label_count = 1));
    REFUSED(METRANA_STATUS_NULL_POINTER, (label = (metrana_label){str("key"), NULL_WITH_LENGTH},
                                          floats.name.labels = &label, floats.name.label_count = 1));
    metrana_label many[12];
    const char *keys[12] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    for (int index = 0; index < 12; index++) {
        many[index] = (metrana_label){str(keys[index]), str("value")};
    }
    REFUSED(METRANA_STATUS_VALIDATION, (floats.name.labels = many, floats.name.label_count = 9));
    REFUSED(METRANA_STATUS_VALIDATION, (floats.name.labels = many, floats.name.label_count = 12));
    many[11].key = str("\xff");
    REFUSED(METRANA_STATUS_INVALID_UTF8, (floats.name.labels = many, floats.name.label_count = 12));

    /* What a length of zero makes harmless is harmless. */
    floats = good;
    floats.count = 0;
    floats.values = OFF_BY(values, 3);
    EXPECT(METRANA_STATUS_OK, log_it(logger, &floats, ERROR));

    /* The message names the culprit. */
    floats = good;
    floats.count = SIZE_MAX;
    metrana_error *error = NULL;
    CHECK(log_it(logger, &floats, &error) == METRANA_STATUS_INVALID_LENGTH);
    CHECK(contains(metrana_error_message(error), "values") && metrana_error_grpc_code(error) == -1);
    metrana_error_free(error);
}

static void wrong_handles(const metrana_logger *logger) {
    const double value = 1;
    const metrana_std_floats floats = column("abused", &value, 1);
    EXPECT(METRANA_STATUS_NULL_POINTER, log_it(NULL, &floats, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, log_it(logger, NULL, ERROR));
    EXPECT(METRANA_STATUS_MISALIGNED, log_it(OFF_BY(logger, 1), &floats, ERROR));
    EXPECT(METRANA_STATUS_MISALIGNED, log_it(logger, OFF_BY(&floats, 2), ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_flush(NULL, 1, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_close(NULL, 1, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_shutdown(NULL, 1, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_debug_panic(NULL, ERROR));

    /* An error pointer that cannot be written to is not written to. */
    metrana_error *slots[2] = {NULL, NULL};
    CHECK(log_it(logger, &floats, OFF_BY(slots, 4)) == METRANA_STATUS_MISALIGNED);
    CHECK(slots[0] == NULL && slots[1] == NULL);

    /* An error pointer that holds something old is cleared by a call that works. */
    metrana_error *old = OFF_BY(NULL, 64);
    CHECK(metrana_logger_flush(logger, 60, &old) == METRANA_STATUS_OK && old == NULL);

    metrana_counters counters = {.struct_size = sizeof counters};
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_logger_counters(NULL, &counters));
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_logger_counters(logger, NULL));
    counters.struct_size = sizeof counters - 8;
    EXPECT_STATUS(METRANA_STATUS_STRUCT_SIZE, metrana_logger_counters(logger, &counters));
    counters.struct_size = sizeof counters + 8;
    EXPECT_STATUS(METRANA_STATUS_STRUCT_SIZE, metrana_logger_counters(logger, &counters));
    metrana_run_info info;
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_logger_info(NULL, &info));
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_logger_info(logger, NULL));
    metrana_error_list *list = NULL;
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_logger_take_errors(NULL, &list));
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_logger_take_errors(logger, NULL));

    uint64_t step;
    uint8_t found;
    const metrana_str metric = str("abused"), scale = str("ML_STEP");
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_series_last_step(logger, NAME(metric, scale, NULL, 0), NULL, &found, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_series_last_step(logger, NAME(metric, scale, NULL, 0), &step, NULL, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_series_last_step(logger, NAME(metric, scale, NULL, 2), &step, &found, ERROR));
    EXPECT(METRANA_STATUS_INVALID_UTF8,
           metrana_logger_series_last_step(logger, NAME(str("\xff"), scale, NULL, 0), &step, &found, ERROR));

    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_series_last_step(logger, NULL, &step, &found, ERROR));

    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_set_close_message(NULL, str("failed: early"), ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_set_close_message(logger, (metrana_str){NULL, 3}, ERROR));
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_set_close_message(logger, str("\xff"), ERROR));
    char endless[1025];
    memset(endless, 'x', sizeof endless);
    EXPECT(METRANA_STATUS_VALIDATION, metrana_logger_set_close_message(logger, (metrana_str){(const uint8_t *)endless, sizeof endless}, ERROR));

    EXPECT(METRANA_STATUS_INVALID_DURATION, metrana_logger_flush(logger, (double)__builtin_nanf(""), ERROR));
    EXPECT(METRANA_STATUS_INVALID_DURATION, metrana_logger_close(logger, (double)__builtin_nanf(""), ERROR));
}

static void wrong_configs(const char *endpoint) {
    const metrana_config good = config_for(endpoint, "never opened");
    metrana_config config;
    metrana_logger *logger;

#define NOT_OPENED(status, change)                                                                                     \
    config = good;                                                                                                     \
    logger = OFF_BY(NULL, 64);                                                                                         \
    change;                                                                                                            \
    EXPECT(status, metrana_logger_open(&config, &logger, ERROR));                                                      \
    CHECK(logger == NULL)

    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_open(NULL, &logger, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_open(&good, NULL, ERROR));
    NOT_OPENED(METRANA_STATUS_STRUCT_SIZE, config.struct_size = 0);
    NOT_OPENED(METRANA_STATUS_STRUCT_SIZE, config.struct_size = sizeof config + 1);
    NOT_OPENED(METRANA_STATUS_NULL_POINTER, config.api_key = NULL_WITH_LENGTH);
    NOT_OPENED(METRANA_STATUS_NULL_POINTER, config.experiment = NULL_WITH_LENGTH);
    NOT_OPENED(METRANA_STATUS_INVALID_UTF8, config.workspace = str("\xff"));
    NOT_OPENED(METRANA_STATUS_INVALID_UTF8, config.orchestration_id = str("\xff"));
    NOT_OPENED(METRANA_STATUS_INVALID_LENGTH, config.project.len = SIZE_MAX);
    NOT_OPENED(METRANA_STATUS_INVALID_ENUM, config.backpressure = 3);
    NOT_OPENED(METRANA_STATUS_INVALID_ENUM, config.delivery_policy = 2);
    NOT_OPENED(METRANA_STATUS_INVALID_ENUM, config.error_strategy = 4);
    NOT_OPENED(METRANA_STATUS_INVALID_ENUM, config.log_level = 6);
    NOT_OPENED(METRANA_STATUS_RESERVED, config.reserved[1] = 1);
    NOT_OPENED(METRANA_STATUS_INVALID_DURATION, config.backoff_max = -1);
    NOT_OPENED(METRANA_STATUS_INVALID_DURATION, config.ack_stall_timeout = (double)__builtin_nanf(""));
    NOT_OPENED(METRANA_STATUS_INVALID_CONFIG, config.msg_max_retries = -2);
    NOT_OPENED(METRANA_STATUS_INVALID_CONFIG, config.endpoint = str("nowhere"));
    NOT_OPENED(METRANA_STATUS_INVALID_CONFIG, config.queue_bytes = 0);
    NOT_OPENED(METRANA_STATUS_MISALIGNED, config.events = OFF_BY(NULL, 3));

    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_config_init(NULL));
    EXPECT_STATUS(METRANA_STATUS_MISALIGNED, metrana_config_init(OFF_BY(&config, 1)));
    memset(&config, 0x5a, sizeof config);
    config.struct_size = sizeof config - 1;
    EXPECT_STATUS(METRANA_STATUS_STRUCT_SIZE, metrana_config_init(&config));
    CHECK(config.queue_bytes == 0x5a5a5a5a5a5a5a5au);
}

static void nothing_at_all(void) {
    metrana_logger_free(NULL);
    metrana_error_free(NULL);
    metrana_error_list_free(NULL);
    metrana_events_free(NULL);
    metrana_event_free(NULL);
    metrana_events_close(NULL);
    CHECK(metrana_error_status(NULL) == METRANA_STATUS_NULL_POINTER);
    CHECK(metrana_error_grpc_code(NULL) == -1);
    CHECK(metrana_error_message(NULL).ptr == NULL && metrana_error_message(NULL).len == 0);
    CHECK(metrana_error_list_len(NULL) == 0 && metrana_error_list_get(NULL, 0) == NULL);
    CHECK(metrana_event_message(NULL).ptr == NULL && metrana_event_kind(NULL) == 0);
    CHECK(metrana_event_level(NULL) == 0 && metrana_event_tag(NULL) == 0 && metrana_event_missed(NULL) == 0);
    metrana_event *event = OFF_BY(NULL, 64);
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_events_next(NULL, 0, &event));
    CHECK(event == NULL);
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_events_new(1, NULL));
}

static void sizes(void) {
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_STR) == sizeof(metrana_str));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_BYTES) == sizeof(metrana_bytes));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_LABEL) == sizeof(metrana_label));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_CONFIG) == sizeof(metrana_config));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_STD_FLOATS) == sizeof(metrana_std_floats));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_KIND_COUNTERS) == sizeof(metrana_kind_counters));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_COUNTERS) == sizeof(metrana_counters));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_RUN_INFO) == sizeof(metrana_run_info));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_AGGREGATION_RULE) == sizeof(metrana_aggregation_rule));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_RL_FLOATS) == sizeof(metrana_rl_floats));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_HISTOGRAM) == sizeof(metrana_histogram));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_HISTOGRAMS) == sizeof(metrana_histograms));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SCATTER) == sizeof(metrana_scatter));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SCATTERS) == sizeof(metrana_scatters));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SERIES) == sizeof(metrana_series));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SERIES_NAME) == sizeof(metrana_series_name));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_TIMESTAMPS) == sizeof(metrana_timestamps));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_PIECE) == sizeof(metrana_piece));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SERIES_STATE) == sizeof(metrana_series_state));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_ENVIRONMENT_STATE) == sizeof(metrana_environment_state));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_FIELD) == sizeof(metrana_field));
    CHECK(metrana_abi_struct_size(-1) == 0 && metrana_abi_struct_size(METRANA_STRUCT_FIELD + 1) == 0);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    sizes();
    nothing_at_all();
    wrong_configs(arguments[1]);
    metrana_config config = config_for(arguments[1], "abuse");
    metrana_logger *logger = open_logger(&config);
    wrong_columns(logger);
    wrong_handles(logger);

    /* None of it was logged, none of it moved a step, and the logger works. */
    CHECK(counters_of(logger).float_points.added == 0);
    const double value = 42;
    const metrana_std_floats floats = column("abused", &value, 1);
    EXPECT(METRANA_STATUS_OK, log_it(logger, &floats, ERROR));
    uint64_t step = 9;
    uint8_t found = 0;
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_series_last_step(logger, NAME(str("abused"), str("ML_STEP"), NULL, 0), &step, &found, ERROR));
    CHECK(found == 1 && step == 0);
    EXPECT(METRANA_STATUS_OK, metrana_logger_set_close_message(logger, str("failed: it was abused"), ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_set_close_message(logger, str("too late, and no harm"), ERROR));
    CHECK(counters_of(logger).float_points.sent == 1);
    metrana_logger_free(logger);
    say("done");
    return 0;
}
