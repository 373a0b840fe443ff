/*
 * A host that leaves SIGPIPE at its default and logs while its connections break. It says "done" when all has arrived.
 *
 *     sigpipe ENDPOINT
 */
#include "check.h"

#include <signal.h>

enum { VALUES = 20000, COLUMNS = 200 };

int main(int count, char **arguments) {
    CHECK(count == 2);
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    metrana_config config = config_for(arguments[1], "sigpipe");
    config.backoff_initial = 0.001;
    config.backoff_max = 0.01;
    config.msg_max_retries = -1;
    metrana_logger *logger = open_logger(&config);
    static double values[VALUES];
    const metrana_std_floats floats = column("pipe", values, VALUES);
    for (int round = 0; round < COLUMNS; round++) {
        EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));
    }
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 120, ERROR));
    CHECK(counters_of(logger).float_points.sent == (uint64_t)VALUES * COLUMNS);
    metrana_logger_free(logger);
    say("done");
    return 0;
}
