/* Writes trees of attribute values, node by node. */
#ifndef TREE_H
#define TREE_H

#include "check.h"

struct tree {
    uint8_t bytes[4096];
    size_t len;
};

static inline void put_bytes(struct tree *tree, const void *bytes, size_t count) {
    CHECK(count <= sizeof tree->bytes - tree->len);
    memcpy(tree->bytes + tree->len, bytes, count);
    tree->len += count;
}

/* The lowest `count` bytes of a number, the lowest first. */
static inline void put_number(struct tree *tree, uint64_t number, int count) {
    for (int index = 0; index < count; index++) {
        uint8_t byte = (uint8_t)(number >> 8 * index);
        put_bytes(tree, &byte, 1);
    }
}

static inline void put_node(struct tree *tree, int32_t node) {
    put_number(tree, (uint64_t)node, 1);
}

static inline void put_key(struct tree *tree, const char *key) {
    put_number(tree, strlen(key), 4);
    put_bytes(tree, key, strlen(key));
}

static inline void put_null(struct tree *tree) {
    put_node(tree, METRANA_NODE_NULL);
}

static inline void put_bool(struct tree *tree, bool value) {
    put_node(tree, value ? METRANA_NODE_TRUE : METRANA_NODE_FALSE);
}

static inline void put_int(struct tree *tree, int64_t value) {
    put_node(tree, METRANA_NODE_INT);
    put_number(tree, (uint64_t)value, 8);
}

static inline void put_float(struct tree *tree, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_node(tree, METRANA_NODE_FLOAT);
    put_number(tree, bits, 8);
}

static inline void put_text(struct tree *tree, const char *text) {
    put_node(tree, METRANA_NODE_TEXT);
    put_key(tree, text);
}

static inline void put_time(struct tree *tree, int64_t millis) {
    put_node(tree, METRANA_NODE_TIME);
    put_number(tree, (uint64_t)millis, 8);
}

static inline void put_map(struct tree *tree, uint32_t entries) {
    put_node(tree, METRANA_NODE_MAP);
    put_number(tree, entries, 4);
}

static inline void put_list(struct tree *tree, uint32_t elements) {
    put_node(tree, METRANA_NODE_LIST);
    put_number(tree, elements, 4);
}

#endif
