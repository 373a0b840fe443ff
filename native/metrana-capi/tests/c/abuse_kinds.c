/*
 * Hands in every kind of data in ways that must not be: everything that can be seen to be wrong is refused with a status
 * of its own, nothing of it is logged, and nothing works any more on a closed logger but freeing it.
 *
 *     abuse_kinds ENDPOINT
 */
#include "tree.h"

static const metrana_str NULL_WITH_LENGTH = {NULL, 3};

/* A pointer of the same type, `bytes` further on. */
#define OFF_BY(pointer, bytes) ((void *)((uintptr_t)(pointer) + (bytes)))

_Alignas(16) static const double VALUES[4] = {1, 2, 3, 4};
_Alignas(16) static const uint64_t NUMBERS[4] = {1, 2, 3, 4};
_Alignas(16) static const int64_t TIMES[4] = {1, 2, 3, 4};

/* A copy of `good` with a change, handed in by a call that uses it as `call`. */
#define REFUSED(status, change)                                                                                        \
    call = good;                                                                                                       \
    change;                                                                                                            \
    EXPECT(status, LOG(logger, &call, ERROR));                                                                         \
    EXPECT_STATUS(status, LOG(logger, &call, NULL))

/* What all kinds have in common: name, labels, and the structure itself. */
#define REFUSED_IN_COMMON                                                                                              \
    REFUSED(METRANA_STATUS_NULL_POINTER, call.name.metric = NULL_WITH_LENGTH);                                         \
    REFUSED(METRANA_STATUS_INVALID_UTF8, call.name.metric = str("\xff"));                                              \
    REFUSED(METRANA_STATUS_VALIDATION, call.name.metric = str(""));                                                    \
    REFUSED(METRANA_STATUS_NULL_POINTER, call.name.scale = NULL_WITH_LENGTH);                                          \
    REFUSED(METRANA_STATUS_INVALID_UTF8, call.name.scale = str("\xed\xa0\x80"));                                       \
    REFUSED(METRANA_STATUS_NULL_POINTER, call.name.label_count = 1);                                                   \
    REFUSED(METRANA_STATUS_MISALIGNED, (call.name.labels = OFF_BY(&label, 4), call.name.label_count = 1));             \
    REFUSED(METRANA_STATUS_INVALID_LENGTH, (call.name.labels = &label, call.name.label_count = SIZE_MAX / 8));         \
    REFUSED(METRANA_STATUS_INVALID_UTF8, (call.name.labels = &label, call.name.label_count = 1));                      \
    REFUSED(METRANA_STATUS_RESERVED, call.timestamps.reserved = 1);                                                    \
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.timestamps.kind = 4);                                                    \
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.timestamps.kind = -1);                                                   \
    EXPECT(METRANA_STATUS_NULL_POINTER, LOG(logger, NULL, ERROR));                                                     \
    EXPECT(METRANA_STATUS_NULL_POINTER, LOG(NULL, &good, ERROR));                                                      \
    EXPECT(METRANA_STATUS_MISALIGNED, LOG(logger, OFF_BY(&good, 4), ERROR))

/* Steps and timestamps of objects, one for each. */
#define REFUSED_OF_OBJECTS                                                                                             \
    REFUSED(METRANA_STATUS_NULL_POINTER, call.steps = NULL);                                                           \
    REFUSED(METRANA_STATUS_MISALIGNED, call.steps = OFF_BY(NUMBERS, 4));                                               \
    REFUSED(METRANA_STATUS_INVALID_LENGTH, call.step_count = SIZE_MAX);                                                \
    REFUSED(METRANA_STATUS_VALIDATION, call.step_count = 2);                                                           \
    REFUSED(METRANA_STATUS_NULL_POINTER,                                                                               \
            (call.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH, call.timestamps.count = 1));                         \
    REFUSED(METRANA_STATUS_VALIDATION, (call.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH,                           \
                                        call.timestamps.each = TIMES, call.timestamps.count = 2))

static const metrana_label label = {{(const uint8_t *)"key", 3}, {(const uint8_t *)"\xff", 1}};

static void wrong_rl_floats(const metrana_logger *logger) {
#define LOG metrana_logger_log_rl_floats
    const metrana_str environments[] = {str("left"), str("right"), str("\xff")};
    metrana_rl_floats good, call;
    memset(&good, 0, sizeof good);
    good.name.metric = str("reward");
    good.name.scale = str("ENV_STEP");
    good.environments = environments;
    good.environment_count = 2;
    good.values = VALUES;
    good.count = 4;
    good.ordered = 1;
    REFUSED_IN_COMMON;

    REFUSED(METRANA_STATUS_INVALID_UTF8, call.environment_count = 3);
    REFUSED(METRANA_STATUS_MISALIGNED, call.environments = OFF_BY(environments, 4));
    REFUSED(METRANA_STATUS_INVALID_LENGTH, call.environment_count = SIZE_MAX / 4);
    REFUSED(METRANA_STATUS_VALIDATION, call.environment_count = 0);
    REFUSED(METRANA_STATUS_NULL_POINTER, call.environments = NULL);
    REFUSED(METRANA_STATUS_VALIDATION, (call.environments = NULL, call.environment_count = 0));
    const uint32_t unknown[] = {0, UINT32_MAX};
    REFUSED(METRANA_STATUS_VALIDATION, (call.environments = NULL, call.environment_ids = unknown));

    REFUSED(METRANA_STATUS_NULL_POINTER, call.values = NULL);
    REFUSED(METRANA_STATUS_MISALIGNED, call.values = OFF_BY(VALUES, 4));
    REFUSED(METRANA_STATUS_INVALID_LENGTH, call.count = SIZE_MAX);
    REFUSED(METRANA_STATUS_VALIDATION, call.count = 3);
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.dtype = 2);
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.strategy = 3);
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.strategy = -1);
    REFUSED(METRANA_STATUS_VALIDATION, call.strategy = METRANA_STEP_STRATEGY_FROM_ONE);
    REFUSED(METRANA_STATUS_VALIDATION, call.ordered = 0);
    REFUSED(METRANA_STATUS_VALIDATION, call.rl_step = UINT64_MAX);

    REFUSED(METRANA_STATUS_RESERVED, call.reserved[6] = 1);
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.episodes_kind = 4);
    REFUSED(METRANA_STATUS_NULL_POINTER,
            (call.episodes_kind = METRANA_SPREAD_PER_ENVIRONMENT, call.episode_count = 2));
    REFUSED(METRANA_STATUS_VALIDATION, (call.episodes_kind = METRANA_SPREAD_PER_ENVIRONMENT,
                                        call.episodes = NUMBERS, call.episode_count = 4));
    REFUSED(METRANA_STATUS_VALIDATION,
            (call.episodes_kind = METRANA_SPREAD_GRID, call.episodes = NUMBERS, call.episode_count = 2));
    REFUSED(METRANA_STATUS_INVALID_ENUM, call.steps_kind = 4);
    REFUSED(METRANA_STATUS_MISALIGNED,
            (call.steps_kind = METRANA_SPREAD_GRID, call.steps = OFF_BY(NUMBERS, 1), call.step_count = 4));
    REFUSED(METRANA_STATUS_INVALID_LENGTH,
            (call.steps_kind = METRANA_SPREAD_GRID, call.steps = NUMBERS, call.step_count = SIZE_MAX / 2));
    REFUSED(METRANA_STATUS_VALIDATION,
            (call.steps_kind = METRANA_SPREAD_UNIFORM, call.first_step = UINT64_MAX));
    REFUSED(METRANA_STATUS_NULL_POINTER, (call.timestamps.kind = METRANA_SPREAD_GRID, call.timestamps.count = 4));
    REFUSED(METRANA_STATUS_VALIDATION, (call.timestamps.kind = METRANA_SPREAD_GRID, call.timestamps.each = TIMES,
                                        call.timestamps.count = 3));
#undef LOG
}

static void wrong_histograms(const metrana_logger *logger) {
#define LOG metrana_logger_log_histograms
    metrana_histogram sound = {.edges = VALUES, .edge_count = 4, .counts = NUMBERS, .bin_count = 3}, one;
    metrana_histograms good, call;
    memset(&good, 0, sizeof good);
    good.name.metric = str("weights");
    good.name.scale = str("ML_STEP");
    good.histograms = &sound;
    good.count = 1;
    good.steps = NUMBERS;
    good.step_count = 1;
    REFUSED_IN_COMMON;
    REFUSED_OF_OBJECTS;
    REFUSED(METRANA_STATUS_NULL_POINTER, call.histograms = NULL);
    REFUSED(METRANA_STATUS_MISALIGNED, call.histograms = OFF_BY(&sound, 4));
    REFUSED(METRANA_STATUS_INVALID_LENGTH, call.count = SIZE_MAX / 8);

#define REFUSED_ONE(status, change) REFUSED(status, (one = sound, change, call.histograms = &one))
    REFUSED_ONE(METRANA_STATUS_NULL_POINTER, one.edges = NULL);
    REFUSED_ONE(METRANA_STATUS_MISALIGNED, one.edges = OFF_BY(VALUES, 4));
    REFUSED_ONE(METRANA_STATUS_INVALID_LENGTH, one.edge_count = SIZE_MAX);
    REFUSED_ONE(METRANA_STATUS_NULL_POINTER, one.counts = NULL);
    REFUSED_ONE(METRANA_STATUS_MISALIGNED, one.counts = OFF_BY(NUMBERS, 4));
    REFUSED_ONE(METRANA_STATUS_INVALID_LENGTH, one.bin_count = SIZE_MAX);
    REFUSED_ONE(METRANA_STATUS_VALIDATION, one.densities = VALUES);
    REFUSED_ONE(METRANA_STATUS_VALIDATION, one.bin_count = 2);
    REFUSED_ONE(METRANA_STATUS_VALIDATION, (one.counts = NULL, one.bin_count = 0));
    REFUSED_ONE(METRANA_STATUS_MISALIGNED, (one.counts = NULL, one.densities = OFF_BY(VALUES, 2)));
    REFUSED_ONE(METRANA_STATUS_VALIDATION, (one.has_stats = 2, one.min = 1));
    REFUSED_ONE(METRANA_STATUS_RESERVED, one.reserved[0] = 1);
    metrana_histogram mixed[] = {sound, sound};
    mixed[1].counts = NULL;
    mixed[1].densities = VALUES;
    REFUSED(METRANA_STATUS_VALIDATION, (call.histograms = mixed, call.count = call.step_count = 2));
#undef REFUSED_ONE
#undef LOG
}

static void wrong_scatters(const metrana_logger *logger) {
#define LOG metrana_logger_log_scatters
    metrana_scatter sound = {.xs = VALUES, .ys = VALUES, .x_count = 4, .y_count = 4}, one;
    metrana_scatters good, call;
    memset(&good, 0, sizeof good);
    good.name.metric = str("set");
    good.name.scale = str("ML_STEP");
    good.scatters = &sound;
    good.count = 1;
    good.steps = NUMBERS;
    good.step_count = 1;
    REFUSED_IN_COMMON;
    REFUSED_OF_OBJECTS;
    REFUSED(METRANA_STATUS_NULL_POINTER, call.scatters = NULL);
    REFUSED(METRANA_STATUS_MISALIGNED, call.scatters = OFF_BY(&sound, 4));
    REFUSED(METRANA_STATUS_NULL_POINTER, call.x_title = NULL_WITH_LENGTH);
    REFUSED(METRANA_STATUS_INVALID_UTF8, call.y_title = str("\xff"));
    REFUSED(METRANA_STATUS_VALIDATION, call.z_title = str("there is no z"));

#define REFUSED_ONE(status, change) REFUSED(status, (one = sound, change, call.scatters = &one))
    REFUSED_ONE(METRANA_STATUS_NULL_POINTER, one.xs = NULL);
    REFUSED_ONE(METRANA_STATUS_MISALIGNED, one.ys = OFF_BY(VALUES, 1));
    REFUSED_ONE(METRANA_STATUS_INVALID_LENGTH, one.x_count = SIZE_MAX);
    REFUSED_ONE(METRANA_STATUS_VALIDATION, one.y_count = 3);
    REFUSED_ONE(METRANA_STATUS_VALIDATION, one.is_3d = 1);
    REFUSED_ONE(METRANA_STATUS_RESERVED, one.reserved[3] = 1);
    REFUSED_ONE(METRANA_STATUS_NULL_POINTER, (one.is_3d = 1, one.z_count = 4));
#undef REFUSED_ONE
#undef LOG
}

static void wrong_batches(const metrana_logger *logger) {
    metrana_std_floats calls[] = {column("batch", VALUES, 4), column("batch", VALUES, 4)};
    metrana_piece pieces[2];
    memset(pieces, 0, sizeof pieces);
    pieces[0].floats = &calls[0];
    pieces[1].floats = &calls[1];
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_log_batch(logger, NULL, 1, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_log_batch(NULL, pieces, 2, ERROR));
    EXPECT(METRANA_STATUS_MISALIGNED, metrana_logger_log_batch(logger, OFF_BY(pieces, 4), 1, ERROR));
    EXPECT(METRANA_STATUS_INVALID_LENGTH, metrana_logger_log_batch(logger, pieces, SIZE_MAX / 8, ERROR));
#define BATCH(status) EXPECT(status, metrana_logger_log_batch(logger, pieces, 2, ERROR))
    calls[1].values = NULL;
    BATCH(METRANA_STATUS_NULL_POINTER);
    calls[1] = column("batch", VALUES, 4);
    calls[1].name.labels = &label;
    calls[1].name.label_count = 1;
    BATCH(METRANA_STATUS_INVALID_UTF8);
    calls[1] = column("batch", VALUES, 4);
    calls[1].distributed = 1;
    BATCH(METRANA_STATUS_VALIDATION);
    calls[1] = column("batch", VALUES, 4);

    /* A piece is one thing. */
    metrana_rl_floats rows;
    metrana_histograms histograms;
    memset(&rows, 0, sizeof rows);
    memset(&histograms, 0, sizeof histograms);
    pieces[1].floats = NULL;
    BATCH(METRANA_STATUS_VALIDATION);
    pieces[1].floats = &calls[1];
    pieces[1].rl_floats = &rows;
    BATCH(METRANA_STATUS_VALIDATION);
    pieces[1].floats = OFF_BY(&calls[1], 4);
    pieces[1].rl_floats = NULL;
    BATCH(METRANA_STATUS_MISALIGNED);
    pieces[1].floats = NULL;
    pieces[1].rl_floats = &rows;
    BATCH(METRANA_STATUS_VALIDATION);

    /* A handle of nobody, with a part that means nothing, and where there are none. */
    pieces[1].rl_floats = NULL;
    pieces[1].floats = &calls[1];
    pieces[1].series = (metrana_series){77, 77, 0, 0};
    BATCH(METRANA_STATUS_VALIDATION);
    pieces[1].series.reserved = 1;
    BATCH(METRANA_STATUS_RESERVED);
    pieces[1].floats = NULL;
    pieces[1].histograms = &histograms;
    BATCH(METRANA_STATUS_VALIDATION);
#undef BATCH
}

static void wrong_attributes(const metrana_logger *logger) {
    struct tree tree = {.len = 0};
    put_int(&tree, 1);
#define LOG(target, name, bytes, len)                                                                                  \
    metrana_logger_log_attributes(logger, target, name, 0, 0, bytes, len, ERROR)
    const metrana_str name = str("name"), broken = str("\xff");
    EXPECT(METRANA_STATUS_INVALID_ENUM, LOG(3, name, tree.bytes, tree.len));
    EXPECT(METRANA_STATUS_INVALID_ENUM, LOG(-1, name, tree.bytes, tree.len));
    EXPECT(METRANA_STATUS_INVALID_UTF8, LOG(METRANA_TARGET_RUN, broken, tree.bytes, tree.len));
    EXPECT(METRANA_STATUS_NULL_POINTER, LOG(METRANA_TARGET_RUN, NULL_WITH_LENGTH, tree.bytes, tree.len));
    EXPECT(METRANA_STATUS_INVALID_UTF8, LOG(METRANA_TARGET_ENVIRONMENT, broken, tree.bytes, tree.len));
    EXPECT(METRANA_STATUS_VALIDATION, LOG(METRANA_TARGET_ENVIRONMENT, str(""), tree.bytes, tree.len));
    EXPECT(METRANA_STATUS_NULL_POINTER, LOG(METRANA_TARGET_RUN, name, NULL, 9));
    EXPECT(METRANA_STATUS_INVALID_LENGTH, LOG(METRANA_TARGET_RUN, name, tree.bytes, SIZE_MAX));
    EXPECT(METRANA_STATUS_VALIDATION, LOG(METRANA_TARGET_RUN, name, NULL, 0));
    EXPECT(METRANA_STATUS_VALIDATION, LOG(METRANA_TARGET_RUN, str("sys"), tree.bytes, tree.len));
#undef LOG
    const metrana_str tags[] = {str("a"), str("\xff")};
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_set_tags(logger, tags, 2, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_set_tags(logger, NULL, 2, ERROR));
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_update_tags(logger, tags, 2, NULL, 0, ERROR));
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_update_tags(logger, NULL, 0, tags, 2, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_update_tags(logger, tags, 1, NULL, 1, ERROR));
    EXPECT(METRANA_STATUS_INVALID_UTF8, metrana_logger_set_description(logger, tags[1], ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_set_description(logger, NULL_WITH_LENGTH, ERROR));

    uint64_t number;
    uint8_t has;
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_environment_progress(logger, name, NULL, &has, &number, &has, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER,
           metrana_logger_environment_progress(logger, name, &number, &has, &number, NULL, ERROR));
    EXPECT(METRANA_STATUS_INVALID_UTF8,
           metrana_logger_environment_progress(logger, broken, &number, &has, &number, &has, ERROR));
}

static void wrong_rules(const char *endpoint) {
    const int32_t functions[] = {METRANA_AGGREGATION_FUNCTION_COUNT, 7};
    metrana_aggregation_rule sound, rule;
    memset(&sound, 0, sizeof sound);
    sound.source_scale = sound.output_scale = str("ML_STEP");
    sound.functions = functions;
    sound.function_count = 1;
    metrana_config config = config_for(endpoint, "never opened");
    config.aggregation_rules = &rule;
    config.aggregation_rule_count = 1;
    metrana_logger *logger;

#define NOT_OPENED(status, change)                                                                                     \
    rule = sound;                                                                                                      \
    change;                                                                                                            \
    EXPECT(status, metrana_logger_open(&config, &logger, ERROR));                                                      \
    CHECK(logger == NULL)

    NOT_OPENED(METRANA_STATUS_INVALID_ENUM, rule.function_count = 2);
    NOT_OPENED(METRANA_STATUS_NULL_POINTER, rule.functions = NULL);
    NOT_OPENED(METRANA_STATUS_MISALIGNED, rule.functions = OFF_BY(functions, 2));
    NOT_OPENED(METRANA_STATUS_NULL_POINTER, rule.label_count = 1);
    NOT_OPENED(METRANA_STATUS_NULL_POINTER, rule.metric_name = NULL_WITH_LENGTH);
    NOT_OPENED(METRANA_STATUS_INVALID_UTF8, rule.output_scale = str("\xff"));
    NOT_OPENED(METRANA_STATUS_INVALID_UTF8, rule.output_name_suffix = str("\xff"));
    config.aggregation_rules = NULL;
    NOT_OPENED(METRANA_STATUS_NULL_POINTER, (void)0);
    config.aggregation_rules = OFF_BY(&rule, 4);
    NOT_OPENED(METRANA_STATUS_MISALIGNED, (void)0);
    config.aggregation_rules = &rule;
    config.aggregation_rule_count = SIZE_MAX / 4;
    NOT_OPENED(METRANA_STATUS_INVALID_LENGTH, (void)0);
}

static void sizes(void) {
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_AGGREGATION_RULE) == sizeof(metrana_aggregation_rule));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_RL_FLOATS) == sizeof(metrana_rl_floats));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_HISTOGRAM) == sizeof(metrana_histogram));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_HISTOGRAMS) == sizeof(metrana_histograms));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SCATTER) == sizeof(metrana_scatter));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SCATTERS) == sizeof(metrana_scatters));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SERIES) == sizeof(metrana_series));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_SERIES_NAME) == sizeof(metrana_series_name));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_TIMESTAMPS) == sizeof(metrana_timestamps));
    CHECK(metrana_abi_struct_size(METRANA_STRUCT_FIELD + 1) == 0);
}

/* Calls without a flaw, on a logger that is closed. */
static void after_the_close(const metrana_logger *logger) {
    const metrana_str name = str("left");
    const metrana_histogram histogram = {.edges = VALUES, .edge_count = 4, .counts = NUMBERS, .bin_count = 3};
    const metrana_scatter scatter = {.xs = VALUES, .ys = VALUES, .x_count = 4, .y_count = 4};
    const metrana_std_floats floats = column("late", VALUES, 4);
    const metrana_rl_floats rl_floats = {.name = {name, name, NULL, 0}, .environments = &name, .environment_count = 1,
                                         .values = VALUES, .count = 4, .ordered = 1};
    const metrana_histograms histograms = {.name = {name, name, NULL, 0}, .histograms = &histogram, .count = 1,
                                           .steps = NUMBERS, .step_count = 1};
    const metrana_scatters scatters = {.name = {name, name, NULL, 0}, .scatters = &scatter, .count = 1,
                                       .steps = NUMBERS, .step_count = 1};
    const uint8_t null_node = METRANA_NODE_NULL;
#define CLOSED(call) EXPECT(METRANA_STATUS_LOGGER_CLOSED, call)
    CLOSED(metrana_logger_log_std_floats(logger, &floats, ERROR));
    CLOSED(log_columns(logger, &floats, 1, ERROR));
    CLOSED(metrana_logger_log_rl_floats(logger, &rl_floats, ERROR));
    CLOSED(metrana_logger_log_histograms(logger, &histograms, ERROR));
    CLOSED(metrana_logger_log_scatters(logger, &scatters, ERROR));
    CLOSED(metrana_logger_log_attributes(logger, METRANA_TARGET_RUN, name, 0, 0, &null_node, 1, ERROR));
    CLOSED(metrana_logger_set_tags(logger, &name, 1, ERROR));
    CLOSED(metrana_logger_update_tags(logger, &name, 1, &name, 1, ERROR));
    CLOSED(metrana_logger_set_description(logger, name, ERROR));
    CLOSED(metrana_logger_flush(logger, 1, ERROR));
#undef CLOSED
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    sizes();
    wrong_rules(arguments[1]);
    metrana_config config = config_for(arguments[1], "abuse_kinds");
    metrana_logger *logger = open_logger(&config);
    wrong_rl_floats(logger);
    wrong_histograms(logger);
    wrong_scatters(logger);
    wrong_batches(logger);
    wrong_attributes(logger);

    metrana_counters counters = counters_of(logger);
    CHECK(counters.float_points.added == 0 && counters.rl_float_points.added == 0);
    CHECK(counters.histogram_points.added == 0 && counters.scatter_points.added == 0);
    CHECK(counters.attribute_updates.added == 0 && counters.env_attribute_updates.added == 0);
    const metrana_std_floats floats = column("abused", VALUES, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    CHECK(counters_of(logger).float_points.sent == 1);
    after_the_close(logger);
    metrana_logger_free(logger);
    say("done");
    return 0;
}
