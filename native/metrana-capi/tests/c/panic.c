/*
 * A panic inside the library: the call answers, the process lives, that logger refuses everything, and another one
 * logs on.
 *
 *     panic ENDPOINT
 */
#include "check.h"

static void everything_is_refused(const metrana_logger *logger) {
    const double value = 1;
    const metrana_std_floats floats = column("after", &value, 1);
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_log_std_floats(logger, &floats, ERROR));
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_flush(logger, 1, ERROR));
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_close(logger, 1, ERROR));
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_shutdown(logger, 1, ERROR));
    EXPECT(METRANA_STATUS_POISONED, metrana_logger_debug_panic(logger, ERROR));
    uint64_t step;
    uint8_t found;
    EXPECT(METRANA_STATUS_POISONED,
           metrana_logger_series_last_step(logger, NAME(str("after"), str("ML_STEP"), NULL, 0), &step, &found, ERROR));
    metrana_counters counters = {.struct_size = sizeof counters};
    EXPECT_STATUS(METRANA_STATUS_POISONED, metrana_logger_counters(logger, &counters));
    metrana_run_info info;
    EXPECT_STATUS(METRANA_STATUS_POISONED, metrana_logger_info(logger, &info));
    metrana_error_list *list = NULL;
    EXPECT_STATUS(METRANA_STATUS_POISONED, metrana_logger_take_errors(logger, &list));
    CHECK(list == NULL);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    metrana_config one = config_for(arguments[1], "panics"), other = config_for(arguments[1], "lives on");
    metrana_logger *panicking = open_logger(&one), *living = open_logger(&other);
    const double values[] = {1, 2, 3};
    const metrana_std_floats floats = column("before", values, 3);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(panicking, &floats, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(living, &floats, ERROR));

    metrana_error *error = NULL;
    CHECK(metrana_logger_debug_panic(panicking, &error) == METRANA_STATUS_PANICKED);
    CHECK(metrana_error_status(error) == METRANA_STATUS_PANICKED);
    CHECK(contains(metrana_error_message(error), "asked to panic"));
    metrana_error_free(error);
    everything_is_refused(panicking);

    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(living, &floats, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(living, 60, ERROR));
    CHECK(counters_of(living).float_points.sent == 6);
    metrana_logger_free(panicking);
    metrana_logger_free(living);

    /* So does one that is opened afterwards. */
    metrana_config third = config_for(arguments[1], "comes after");
    metrana_logger *later = open_logger(&third);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(later, &floats, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(later, 60, ERROR));
    metrana_logger_free(later);
    say("done");
    return 0;
}
