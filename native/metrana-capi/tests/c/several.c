/*
 * Makes calls of several kinds as one, by name and by handle, and asks what the logger knows then.
 *
 *     several ENDPOINT
 */
#include "check.h"

static bool is(metrana_str text, const char *wanted) {
    return text.len == strlen(wanted) && memcmp(text.ptr, wanted, text.len) == 0;
}

static metrana_rl_floats rows(uint64_t rl_step, const double *values, size_t count) {
    metrana_rl_floats rows;
    memset(&rows, 0, sizeof rows);
    rows.name.metric = str("reward");
    rows.name.scale = str("ENV_STEP");
    rows.rl_step = rl_step;
    rows.values = values;
    rows.count = count;
    rows.environment_count = count;
    rows.episodes_kind = METRANA_SPREAD_UNIFORM;
    rows.episode = 5;
    rows.ordered = 1;
    return rows;
}

static void look_at_series(const metrana_logger *logger) {
    metrana_series_list *list = NULL;
    EXPECT(METRANA_STATUS_OK, metrana_logger_list_series(logger, &list, ERROR));
    CHECK(metrana_series_list_len(list) == 3);
    const metrana_series_state *loss = metrana_series_list_get(list, 0);
    CHECK(is(loss->name.metric, "loss") && is(loss->name.scale, "ML_STEP") && loss->name.label_count == 1);
    CHECK(is(loss->name.labels[0].key, "part") && is(loss->name.labels[0].value, "b"));
    CHECK(loss->world == METRANA_WORLD_STD && loss->values == METRANA_VALUES_FLOATS && loss->ordered == 1);
    CHECK(loss->has_last_step == 1 && loss->last_step == 4 && loss->has_last_value == 1 && loss->last_value == 2);
    const metrana_series_state *reward = metrana_series_list_get(list, 1);
    CHECK(is(reward->name.metric, "reward") && reward->world == METRANA_WORLD_RL && reward->episodic == 1);
    CHECK(reward->name.label_count == 0 && reward->last_step == 7 && reward->last_value == 2);
    const metrana_series_state *gradients = metrana_series_list_get(list, 2);
    CHECK(gradients->values == METRANA_VALUES_HISTOGRAMS && gradients->ordered == 0 && gradients->has_last_value == 0);
    CHECK(gradients->has_last_step == 1 && gradients->last_step == 9);
    CHECK(metrana_series_list_get(list, 3) == NULL && metrana_series_list_get(NULL, 0) == NULL);
    CHECK(metrana_series_list_len(NULL) == 0);
    metrana_series_list_free(list);
    metrana_series_list_free(NULL);
}

static void look_at_environments(const metrana_logger *logger) {
    metrana_environment_list *list = NULL;
    EXPECT(METRANA_STATUS_OK, metrana_logger_list_environments(logger, &list, ERROR));
    CHECK(metrana_environment_list_len(list) == 2);
    const char *names[] = {"left", "right"};
    for (size_t index = 0; index < 2; index++) {
        const metrana_environment_state *environment = metrana_environment_list_get(list, index);
        CHECK(is(environment->name, names[index]));
        CHECK(environment->has_rl_step == 1 && environment->rl_step == 7);
        CHECK(environment->has_episode == 1 && environment->episode == 5);
    }
    CHECK(metrana_environment_list_get(list, 2) == NULL && metrana_environment_list_len(NULL) == 0);
    metrana_environment_list_free(list);
    metrana_environment_list_free(NULL);
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_list_series(logger, NULL, ERROR));
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_list_environments(logger, NULL, ERROR));
    metrana_series_list *none = NULL;
    EXPECT(METRANA_STATUS_NULL_POINTER, metrana_logger_list_series(NULL, &none, ERROR));
}

/* Steps that do not grow make a line, which says so in words and in fields. */
static void look_at_a_line(metrana_events *events) {
    metrana_event *event = NULL;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_next(events, 60, &event));
    CHECK(metrana_event_line(event) == METRANA_LINE_STEPS_DID_NOT_GROW);
    CHECK(metrana_event_field_count(event) == 5);
    const char *names[] = {"metric", "scale", "count", "largest_incoming", "last_step"};
    const int64_t numbers[] = {0, 0, 1, 1, 4};
    metrana_field field;
    for (size_t index = 0; index < 5; index++) {
        CHECK(metrana_event_field(event, index, &field) == 1 && is(field.name, names[index]));
        CHECK(index < 2 ? field.kind == METRANA_FIELD_KIND_TEXT : field.kind == METRANA_FIELD_KIND_INT);
        CHECK(field.integer == numbers[index]);
    }
    CHECK(metrana_event_field(event, 0, &field) == 1 && is(field.text, "loss"));
    CHECK(metrana_event_field(event, 5, &field) == 0 && metrana_event_field(event, 0, NULL) == 0);
    CHECK(metrana_event_line(NULL) == 0 && metrana_event_field_count(NULL) == 0 && metrana_event_field(NULL, 0, &field) == 0);
    metrana_event_free(event);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    metrana_events *events = NULL;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_new(16, &events));
    metrana_config config = config_for(arguments[1], "several");
    config.events = events;
    metrana_logger *logger = open_logger(&config);

    const double values[] = {1, 2};
    const metrana_label label = {str("part"), str("b")};
    metrana_series loss;
    EXPECT(METRANA_STATUS_OK, metrana_logger_series(logger, METRANA_WORLD_STD, NAME(str("loss"), str("ML_STEP"), &label, 1),
                                                    1, 0, &loss, ERROR));
    metrana_std_floats floats = column("not looked at", values, 2);
    metrana_std_floats named = column("loss", values, 1);
    named.name.labels = &label;
    named.name.label_count = 1;
    const metrana_str environments[] = {str("left"), str("right")};
    metrana_rl_floats rewards = rows(7, values, 2);
    rewards.environments = environments;
    const double edges[] = {0, 1};
    const uint64_t counts[] = {3};
    const uint64_t step = 9;
    metrana_histogram histogram = {.edges = edges, .edge_count = 2, .counts = counts, .bin_count = 1};
    metrana_histograms histograms;
    memset(&histograms, 0, sizeof histograms);
    histograms.name.metric = str("gradients");
    histograms.name.scale = str("ML_STEP");
    histograms.histograms = &histogram;
    histograms.count = 1;
    histograms.steps = &step;
    histograms.step_count = 1;

    metrana_piece pieces[5];
    memset(pieces, 0, sizeof pieces);
    pieces[0].series = loss;
    pieces[0].floats = &floats;
    pieces[1].floats = &named;
    pieces[2].rl_floats = &rewards;
    pieces[3].histograms = &histograms;
    pieces[4].series = loss;
    pieces[4].floats = &floats;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_batch(logger, pieces, 5, ERROR));
    look_at_series(logger);

    /* By the handle and the numbers of environments; and all of it or nothing. */
    metrana_series reward;
    EXPECT(METRANA_STATUS_OK, metrana_logger_series(logger, METRANA_WORLD_RL, NAME(str("reward"), str("ENV_STEP"), NULL, 0), 1,
                                                    1, &reward, ERROR));
    uint32_t ids[2];
    EXPECT(METRANA_STATUS_OK, metrana_logger_environments(logger, environments, 2, ids, ERROR));
    pieces[2].series = reward;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_logger_log_batch(logger, pieces, 5, ERROR));
    rewards.environments = NULL;
    rewards.environment_ids = ids;
    histogram.bin_count = 0;
    EXPECT(METRANA_STATUS_VALIDATION, metrana_logger_log_batch(logger, pieces, 5, ERROR));
    CHECK(counters_of(logger).float_points.added == 5 && counters_of(logger).rl_float_points.added == 2);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_batch(logger, &pieces[2], 1, ERROR));

    floats.steps_kind = METRANA_STEPS_KIND_FROM;
    floats.first_step = 1;
    floats.count = 1;
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_batch(logger, &pieces[4], 1, ERROR));
    look_at_a_line(events);

    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    look_at_environments(logger);
    metrana_counters counters = counters_of(logger);
    CHECK(counters.float_points.sent == 6 && counters.rl_float_points.sent == 4 && counters.histogram_points.sent == 1);
    metrana_logger_free(logger);
    metrana_events_free(events);
    say("done");
    return 0;
}
