/*
 * Logs every kind of data through the ABI, by name, in one run.
 *
 *     log_kinds ENDPOINT
 */
#include "check.h"
#include "tree.h"

static void log_floats(const metrana_logger *logger) {
    const double values[] = {1, 2, 3};

    /* Many processes may log to one series, in any order. */
    metrana_std_floats shared = column("shared", values, 3);
    shared.distributed = 1;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_logger_log_std_floats(logger, &shared, ERROR));
    shared.steps_kind = METRANA_STEPS_KIND_FROM;
    shared.first_step = 7;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &shared, ERROR));
    shared.first_step = 2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &shared, ERROR));

    /* Several columns at once, one of them behind another of the same series. */
    const float single = 0.5f;
    metrana_label label = {str("part"), str("b")};
    metrana_std_floats batch[] = {column("batch", values, 2), column("batch", values + 2, 1), column("single", NULL, 1)};
    batch[2].values = &single;
    batch[2].dtype = METRANA_DTYPE_FLOAT32;
    batch[2].name.labels = &label;
    batch[2].name.label_count = 1;
    EXPECT(METRANA_STATUS_OK, log_columns(logger, batch, 3, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_batch(logger, NULL, 0, ERROR));

    /* All of them or none. */
    batch[0].name.metric = str("none");
    batch[2].name.scale = str("two words");
    uint64_t added = counters_of(logger).float_points.added;
    EXPECT(METRANA_STATUS_VALIDATION, log_columns(logger, batch, 3, ERROR));
    CHECK(counters_of(logger).float_points.added == added);
}

static metrana_rl_floats grid(const char *metric, const metrana_str *environments, size_t environment_count,
                              const double *values, size_t count) {
    metrana_rl_floats floats;
    memset(&floats, 0, sizeof floats);
    floats.name.metric = str(metric);
    floats.name.scale = str("ENV_STEP");
    floats.environments = environments;
    floats.environment_count = environment_count;
    floats.values = values;
    floats.count = count;
    floats.ordered = 1;
    return floats;
}

static void log_rl_floats(const metrana_logger *logger) {
    const double values[] = {1, 2, 3, 4, 5, 6};
    const metrana_str environments[] = {str("left"), str("right")};

    /* Two rows of three, with an episode and a time for each environment; steps of their own accord. */
    const uint64_t episodes[] = {4, 9};
    const int64_t times[] = {1000, 2000};
    metrana_rl_floats floats = grid("reward", environments, 2, values, 6);
    floats.rl_step = 10;
    floats.episodes_kind = METRANA_SPREAD_PER_ENVIRONMENT;
    floats.episodes = episodes;
    floats.episode_count = 2;
    floats.timestamps.kind = METRANA_SPREAD_PER_ENVIRONMENT;
    floats.timestamps.each = times;
    floats.timestamps.count = 2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_rl_floats(logger, &floats, ERROR));

    /* Everything once for each value, in no order, in single precision. */
    const float singles[] = {0.25f, 0.5f};
    const uint64_t each_episode[] = {1, 2}, each_step[] = {5, 3};
    const int64_t each_time[] = {10, 20};
    floats = grid("scattered", environments + 1, 1, NULL, 2);
    floats.values = singles;
    floats.dtype = METRANA_DTYPE_FLOAT32;
    floats.rl_step = 11;
    floats.ordered = 0;
    floats.episodes_kind = floats.steps_kind = floats.timestamps.kind = METRANA_SPREAD_GRID;
    floats.episodes = each_episode;
    floats.steps = each_step;
    floats.timestamps.each = each_time;
    floats.episode_count = floats.step_count = floats.timestamps.count = 2;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_rl_floats(logger, &floats, ERROR));

    /* Everything once for all, with steps that go on over the steps of the training. */
    metrana_label label = {str("team"), str("blue")};
    floats = grid("flat", environments, 2, values, 4);
    floats.name.labels = &label;
    floats.name.label_count = 1;
    floats.rl_step = 12;
    floats.strategy = METRANA_STEP_STRATEGY_ACROSS_RL_STEPS;
    floats.episodes_kind = floats.steps_kind = floats.timestamps.kind = METRANA_SPREAD_UNIFORM;
    floats.episode = 3;
    floats.first_step = 100;
    floats.timestamps.millis = -1;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_rl_floats(logger, &floats, ERROR));

    uint64_t rl_step = 0, episode = 0;
    uint8_t has_rl_step = 9, has_episode = 9;
    EXPECT(METRANA_STATUS_OK, metrana_logger_environment_progress(logger, str("right"), &rl_step, &has_rl_step,
                                                                  &episode, &has_episode, ERROR));
    CHECK(has_rl_step == 1 && rl_step == 12 && has_episode == 1 && episode == 9);
    EXPECT(METRANA_STATUS_OK, metrana_logger_environment_progress(logger, str("nowhere"), &rl_step, &has_rl_step,
                                                                  &episode, &has_episode, ERROR));
    CHECK(has_rl_step == 0 && rl_step == 0 && has_episode == 0 && episode == 0);
}

static void log_histograms(const metrana_logger *logger) {
    const double edges[] = {-1, 0, 0.5, 2};
    const uint64_t counts[] = {3, 0, UINT64_MAX};
    const double densities[] = {0.1, 0, 0.9};
    const uint64_t steps[] = {4, 2};
    metrana_histogram of_counts = {.edges = edges, .edge_count = 4, .counts = counts, .bin_count = 3};
    metrana_histogram both[] = {of_counts, of_counts};
    both[1].has_stats = 1;
    both[1].min = -1;
    both[1].max = 1.5;
    both[1].sum = 2.5;
    both[1].sum_of_squares = 6.25;
    metrana_histograms call;
    memset(&call, 0, sizeof call);
    call.name.metric = str("weights");
    call.name.scale = str("ML_STEP");
    call.histograms = both;
    call.count = 2;
    call.steps = steps;
    call.step_count = 2;
    call.timestamps.kind = METRANA_TIMESTAMPS_KIND_AT;
    call.timestamps.millis = 77;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_histograms(logger, &call, ERROR));

    metrana_histogram of_densities = {.edges = edges, .edge_count = 4, .densities = densities, .bin_count = 3};
    const int64_t time = 88;
    call.name.metric = str("densities");
    call.histograms = &of_densities;
    call.count = call.step_count = 1;
    call.timestamps.kind = METRANA_TIMESTAMPS_KIND_EACH;
    call.timestamps.each = &time;
    call.timestamps.count = 1;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_histograms(logger, &call, ERROR));

    call.count = call.step_count = call.timestamps.count = 0;
    call.histograms = NULL;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_histograms(logger, &call, ERROR));
}

static void log_scatters(const metrana_logger *logger) {
    const double xs[] = {1, 2}, ys[] = {3, 4}, zs[] = {5, 6};
    const uint64_t step = 1;
    metrana_scatter flat = {.xs = xs, .ys = ys, .x_count = 2, .y_count = 2};
    metrana_scatters call;
    memset(&call, 0, sizeof call);
    call.name.metric = str("flat-set");
    call.name.scale = str("ML_STEP");
    call.scatters = &flat;
    call.count = 1;
    call.steps = &step;
    call.step_count = 1;
    call.timestamps.kind = METRANA_TIMESTAMPS_KIND_AT;
    call.timestamps.millis = 5;
    call.x_title = str("across");
    call.y_title = str("up");
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_scatters(logger, &call, ERROR));

    metrana_scatter deep = {.xs = xs, .ys = ys, .zs = zs, .x_count = 2, .y_count = 2, .z_count = 2, .is_3d = 1};
    call.name.metric = str("deep-set");
    call.scatters = &deep;
    call.x_title = call.y_title = (metrana_str){NULL, 0};
    call.z_title = str("away");
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_scatters(logger, &call, ERROR));
}

static void log_attributes(const metrana_logger *logger) {
    struct tree tree = {.len = 0};
    put_map(&tree, 6);
    put_key(&tree, "layers");
    put_list(&tree, 2);
    put_int(&tree, 64);
    put_int(&tree, INT64_MIN);
    put_key(&tree, "rate");
    put_float(&tree, 0.125);
    put_key(&tree, "name");
    put_text(&tree, "gr\xC3\xB6\xC3\x9F" "er");
    put_key(&tree, "on");
    put_bool(&tree, true);
    put_key(&tree, "since");
    put_time(&tree, 1500);
    put_key(&tree, "nothing");
    put_null(&tree);
    const metrana_str none = {NULL, 0};
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_attributes(logger, METRANA_TARGET_RUN, str("model"), 0, 0, tree.bytes,
                                                            tree.len, ERROR));

    tree.len = 0;
    put_map(&tree, 1);
    put_key(&tree, "seed");
    put_int(&tree, 7);
    EXPECT(METRANA_STATUS_OK,
           metrana_logger_log_attributes(logger, METRANA_TARGET_CONFIG, none, 0, 0, tree.bytes, tree.len, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_attributes(logger, METRANA_TARGET_ENVIRONMENT, str("left"), 0, 0,
                                                            tree.bytes, tree.len, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_attributes(logger, METRANA_TARGET_ENVIRONMENT, str("left"), 1, 4,
                                                            tree.bytes, tree.len, ERROR));

    const metrana_str tags[] = {str("a"), str("b"), str("c")}, added[] = {str("d")}, removed[] = {str("b")};
    EXPECT(METRANA_STATUS_OK, metrana_logger_set_tags(logger, tags, 3, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_update_tags(logger, added, 1, removed, 1, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_update_tags(logger, NULL, 0, NULL, 0, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_set_description(logger, str("what it is about"), ERROR));
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    const int32_t both[] = {METRANA_AGGREGATION_FUNCTION_MEAN, METRANA_AGGREGATION_FUNCTION_STD_DEV};
    const int32_t sum = METRANA_AGGREGATION_FUNCTION_SUM;
    const metrana_str labels[] = {str("team"), str("seat")};
    metrana_aggregation_rule rules[2];
    memset(rules, 0, sizeof rules);
    rules[0].metric_name = str("reward");
    rules[0].source_scale = rules[1].source_scale = str("ENV_STEP");
    rules[0].output_scale = rules[1].output_scale = str("ML_STEP");
    rules[0].functions = both;
    rules[0].function_count = 2;
    rules[0].labels = labels;
    rules[0].label_count = 2;
    rules[0].output_metric_name = str("reward of all");
    rules[1].functions = &sum;
    rules[1].function_count = 1;
    rules[1].output_name_suffix = str("_sum");

    metrana_config config = config_for(arguments[1], "log_kinds");
    config.aggregation_rules = rules;
    config.aggregation_rule_count = 2;
    metrana_logger *logger = open_logger(&config);
    memset(rules, 0xff, sizeof rules);

    log_floats(logger);
    log_rl_floats(logger);
    log_histograms(logger);
    log_scatters(logger);
    log_attributes(logger);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));

    metrana_counters counters = counters_of(logger);
    CHECK(counters.float_points.sent == 10);
    CHECK(counters.rl_float_points.sent == 12);
    CHECK(counters.histogram_points.sent == 3);
    CHECK(counters.scatter_points.sent == 2);
    CHECK(counters.attribute_updates.sent == 7 + 1 + 4);
    CHECK(counters.env_attribute_updates.sent == 2);
    metrana_logger_free(logger);
    say("done");
    return 0;
}
