/*
 * Loads the engine as any host does, logs to a server and closes. For platforms whose .NET cannot be run here.
 *
 *     driver LIBRARY ENDPOINT RUN
 *
 * It ends with 0 when the server has everything.
 */
#include <metrana.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#define LOAD(path) ((void *)LoadLibraryA(path))
#define FIND(library, name) ((void *)GetProcAddress((HMODULE)(library), name))
#define WHY() "LoadLibrary failed"
#else
#include <dlfcn.h>
#define LOAD(path) dlopen(path, RTLD_NOW | RTLD_LOCAL)
#define FIND(library, name) dlsym(library, name)
#define WHY() dlerror()
#endif

enum { COLUMNS = 1000, ROWS = 100 };

/* A function of the header, found in the library. */
#define OF(library, name)                                                                                              \
    __typeof__(name) *name##_ = (__typeof__(name) *)FIND(library, #name);                                              \
    if (name##_ == NULL) {                                                                                             \
        fprintf(stderr, "driver: the library has no " #name "\n");                                                     \
        return 1;                                                                                                      \
    }

static metrana_str str(const char *text) { return (metrana_str){(const uint8_t *)text, strlen(text)}; }

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: driver LIBRARY ENDPOINT RUN\n");
        return 2;
    }
    void *library = LOAD(arguments[1]);
    if (library == NULL) {
        fprintf(stderr, "driver: %s: %s\n", arguments[1], WHY());
        return 1;
    }
    OF(library, metrana_abi_version)
    OF(library, metrana_config_init)
    OF(library, metrana_logger_open)
    OF(library, metrana_logger_log_std_floats)
    OF(library, metrana_logger_counters)
    OF(library, metrana_logger_close)
    OF(library, metrana_logger_free)
    OF(library, metrana_error_message)
    if (metrana_abi_version_() != METRANA_ABI_VERSION) {
        fprintf(stderr, "driver: the library speaks version %u of the interface\n", (unsigned)metrana_abi_version_());
        return 1;
    }
    metrana_error *error = NULL;
#define MUST(call)                                                                                                     \
    if ((call) != METRANA_STATUS_OK) {                                                                                 \
        metrana_str text = metrana_error_message_(error);                                                              \
        fprintf(stderr, "driver: %s: %.*s\n", #call, (int)text.len, text.ptr == NULL ? "" : (const char *)text.ptr);   \
        return 1;                                                                                                      \
    }

    metrana_config config;
    config.struct_size = sizeof config;
    MUST(metrana_config_init_(&config));
    config.api_key = str("key");
    config.workspace = str("workspace");
    config.project = str("smoke");
    config.run_name = str(arguments[3]);
    config.endpoint = str(arguments[2]);
    config.init_timeout = 60;
    config.close_timeout = 120;
    metrana_logger *logger = NULL;
    MUST(metrana_logger_open_(&config, &logger, &error));
    for (int column = 0; column < COLUMNS; column++) {
        double values[ROWS];
        for (int row = 0; row < ROWS; row++) {
            values[row] = column + row / 128.0;
        }
        metrana_std_floats floats;
        memset(&floats, 0, sizeof floats);
        floats.name.metric = str("train/loss");
        floats.name.scale = str("ML_STEP");
        floats.values = values;
        floats.count = ROWS;
        MUST(metrana_logger_log_std_floats_(logger, &floats, &error));
    }
    MUST(metrana_logger_close_(logger, -1, &error));
    metrana_counters counters;
    counters.struct_size = sizeof counters;
    MUST(metrana_logger_counters_(logger, &counters));
    if (counters.float_points.sent != COLUMNS * ROWS) {
        fprintf(stderr, "driver: %llu points were acknowledged\n", (unsigned long long)counters.float_points.sent);
        return 1;
    }
    metrana_logger_free_(logger);
    puts("sent");
    return 0;
}
