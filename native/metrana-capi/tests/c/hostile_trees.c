/*
 * Trees of attribute values that lie about what is in them: refused, without memory for what they claim. Counts the
 * largest piece of memory that a call asks for, so the library has to use the allocator of the system.
 *
 *     hostile_trees ENDPOINT
 */
#include "tree.h"

/* The C library's own functions, behind the ones that everything else is linked to. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local size_t largest;

static void note(size_t size) {
    largest = size > largest ? size : largest;
}

void *malloc(size_t size) {
    note(size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note(count > 0 && size > SIZE_MAX / count ? SIZE_MAX : count * size);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    note(size);
    return __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    note(size);
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? 12 : 0;
}

/* A node in memory takes more than its byte in the buffer; texts for a person take a little. */
enum { FOR_EACH_BYTE = 128, FOR_A_MESSAGE = 4096 };

static void refused(const metrana_logger *logger, const struct tree *tree, metrana_status wanted) {
    /* A copy that ends where the tree ends, so that a checker sees whoever reads on. */
    uint8_t *exact = malloc(tree->len);
    CHECK(exact != NULL || tree->len == 0);
    memcpy(exact, tree->bytes, tree->len);
    metrana_error *error = NULL;
    largest = 0;
    metrana_status status = metrana_logger_log_attributes(logger, METRANA_TARGET_RUN, str("p"), 0, 0, exact, tree->len,
                                                          &error);
    CHECK(largest > 0 && largest <= tree->len * FOR_EACH_BYTE + FOR_A_MESSAGE);
    check_answer(__FILE__, __LINE__, "a hostile tree", wanted, status, error);
    CHECK(contains(metrana_error_message(error), "offset"));
    metrana_error_free(error);
    free(exact);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    metrana_config config = config_for(arguments[1], "hostile_trees");
    metrana_logger *logger = open_logger(&config);
    static struct tree tree;

    /* Lengths that are not there, at the root and as deep as may be. */
    const int32_t nodes[] = {METRANA_NODE_LIST, METRANA_NODE_MAP, METRANA_NODE_TEXT};
    const uint32_t claims[] = {UINT32_MAX, INT32_MAX, 1u << 20, 8192, 1};
    for (int node = 0; node < 3; node++) {
        for (int claim = 0; claim < 5; claim++) {
            for (int depth = 0; depth < 128; depth += 127) {
                tree.len = 0;
                for (int level = 0; level < depth; level++) {
                    put_list(&tree, 1);
                }
                put_node(&tree, nodes[node]);
                put_number(&tree, claims[claim], 4);
                refused(logger, &tree, METRANA_STATUS_VALIDATION);
            }
        }
    }

    /* Each of many lists claims all the bytes that are left. */
    tree.len = 0;
    for (int level = 0; level < 128; level++) {
        put_list(&tree, (uint32_t)(sizeof tree.bytes - tree.len - 5));
    }
    while (tree.len < sizeof tree.bytes) {
        put_null(&tree);
    }
    refused(logger, &tree, METRANA_STATUS_VALIDATION);

    /* Deeper than allowed. */
    tree.len = 0;
    for (int level = 0; level < 129; level++) {
        put_list(&tree, 1);
    }
    put_null(&tree);
    refused(logger, &tree, METRANA_STATUS_VALIDATION);

    /* Nothing, too much, no node, no text. */
    tree.len = 0;
    refused(logger, &tree, METRANA_STATUS_VALIDATION);
    put_null(&tree);
    put_null(&tree);
    refused(logger, &tree, METRANA_STATUS_VALIDATION);
    tree.len = 0;
    put_node(&tree, 9);
    refused(logger, &tree, METRANA_STATUS_VALIDATION);
    tree.len = 0;
    put_text(&tree, "\xed\xa0\x80");
    refused(logger, &tree, METRANA_STATUS_INVALID_UTF8);
    tree.len = 0;
    put_map(&tree, 1);
    put_key(&tree, "\xff");
    put_null(&tree);
    refused(logger, &tree, METRANA_STATUS_INVALID_UTF8);

    /* Nothing of it was logged, and the logger works. */
    CHECK(counters_of(logger).attribute_updates.added == 0);
    tree.len = 0;
    for (int level = 0; level < 10; level++) {
        put_map(&tree, 1);
        put_key(&tree, "k");
    }
    put_int(&tree, 1);
    EXPECT(METRANA_STATUS_OK, metrana_logger_log_attributes(logger, METRANA_TARGET_RUN, str("p"), 0, 0, tree.bytes,
                                                            tree.len, ERROR));
    EXPECT(METRANA_STATUS_OK, metrana_logger_close(logger, 60, ERROR));
    CHECK(counters_of(logger).attribute_updates.sent == 1);
    metrana_logger_free(logger);
    say("done");
    return 0;
}
