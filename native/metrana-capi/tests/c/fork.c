/*
 * A process that forks while a logger is open. No thread lives through a fork, so in the child nothing would ever end.
 *
 *     fork ENDPOINT
 */
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    CHECK(count == 2);
    metrana_config config = config_for(arguments[1], "forks");
    metrana_logger *logger = open_logger(&config);
    const double value = 1;
    const metrana_std_floats floats = column("before", &value, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_std_floats(logger, &floats, ERROR));

    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        /* Whatever waits here is ended by the signal. */
        alarm(20);
        metrana_config own = config_for(arguments[1], "the child's");
        metrana_logger *none = NULL;
        EXPECT(METRANA_STATUS_FORKED, metrana_logger_open(&own, &none, ERROR));
        CHECK(none == NULL);
        EXPECT(METRANA_STATUS_FORKED, metrana_logger_flush(logger, -1, ERROR));
        EXPECT(METRANA_STATUS_FORKED, metrana_logger_close(logger, -1, ERROR));
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    metrana_logger_free(logger);
    say("done");
    return 0;
}
