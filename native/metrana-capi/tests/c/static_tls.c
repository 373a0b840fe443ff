/* A library with a thread-local variable of SIZE bytes that wants to lie in the static TLS block. */
__thread char static_tls[SIZE] __attribute__((tls_model("initial-exec"))) = {1};

char *static_tls_address(void);
char *static_tls_address(void) {
    return static_tls;
}
