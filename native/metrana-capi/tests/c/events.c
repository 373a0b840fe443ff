/*
 * The event queue on its own: readers that wait are woken by a close, whatever the moment.
 *
 *     events
 */
#include "check.h"

enum { READERS = 4, ROUNDS = 200 };

static void *read_to_the_end(void *argument) {
    const metrana_events *events = argument;
    metrana_event *event = NULL;
    CHECK(metrana_events_next(events, -1, &event) == METRANA_STATUS_EVENTS_CLOSED && event == NULL);
    return NULL;
}

int main(void) {
    metrana_events *events = NULL;
    metrana_event *event = NULL;
    EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_new(0, &events));
    EXPECT_STATUS(METRANA_STATUS_EVENT_TIMEOUT, metrana_events_next(events, 0, &event));
    EXPECT_STATUS(METRANA_STATUS_EVENT_TIMEOUT, metrana_events_next(events, 0.001, &event));
    EXPECT_STATUS(METRANA_STATUS_INVALID_DURATION, metrana_events_next(events, (double)__builtin_nanf(""), &event));
    EXPECT_STATUS(METRANA_STATUS_NULL_POINTER, metrana_events_next(events, 0, NULL));
    metrana_events_close(events);
    EXPECT_STATUS(METRANA_STATUS_EVENTS_CLOSED, metrana_events_next(events, -1, &event));
    CHECK(event == NULL);
    metrana_events_free(events);

    for (int round = 0; round < ROUNDS; round++) {
        EXPECT_STATUS(METRANA_STATUS_OK, metrana_events_new(4, &events));
        pthread_t readers[READERS];
        for (int index = 0; index < READERS; index++) {
            CHECK(pthread_create(&readers[index], NULL, read_to_the_end, events) == 0);
        }
        metrana_events_close(events);
        for (int index = 0; index < READERS; index++) {
            CHECK(pthread_join(readers[index], NULL) == 0);
        }
        metrana_events_free(events);
    }
    say("done");
    return 0;
}
