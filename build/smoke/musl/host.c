// Runs PROGRAM of a self-contained publish for linux-musl: what the host that is published with it does, through the runtime's
// own hosting functions. That host needs all of a C++ library built for musl, and the runtime itself next to nothing of one.
//
//   dotnet-on-musl PROGRAM ARGUMENT...     PROGRAM.dll, the runtime and everything else lie beside PROGRAM
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int initialize_fn(const char *, const char *, int, const char **, const char **, void **, unsigned *);
typedef int execute_fn(void *, unsigned, int, const char **, const char *, unsigned *);
typedef int shutdown_fn(void *, unsigned, int *);

static void die(const char *what, int code) {
  fprintf(stderr, "dotnet-on-musl: %s: 0x%08x\n", what, (unsigned)code);
  exit(100);
}

static void *function(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) die(name, 0);
  return found;
}

// The assemblies of a folder, as the runtime wants them: paths with a colon behind each.
static char *assemblies(const char *folder) {
  DIR *all = opendir(folder);
  if (!all) die(folder, 0);
  char *list = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&list, &size);
  for (struct dirent *entry; (entry = readdir(all));) {
    size_t length = strlen(entry->d_name);
    if (length > 4 && strcmp(entry->d_name + length - 4, ".dll") == 0) fprintf(out, "%s/%s:", folder, entry->d_name);
  }
  fclose(out);
  closedir(all);
  return list;
}

int main(int argc, char **argv) {
  char program[PATH_MAX], managed[PATH_MAX + 8], folder[PATH_MAX + 8], runtime[PATH_MAX + 32];
  if (argc < 2 || !realpath(argv[1], program)) die("which program", 0);
  snprintf(managed, sizeof managed, "%s.dll", program);
  *strrchr(program, '/') = 0;
  snprintf(folder, sizeof folder, "%s/", program);
  snprintf(runtime, sizeof runtime, "%s/libcoreclr.so", program);
  void *library = dlopen(runtime, RTLD_NOW);
  if (!library) die(dlerror(), 0);

  const char *names[] = {"TRUSTED_PLATFORM_ASSEMBLIES", "APP_PATHS", "NATIVE_DLL_SEARCH_DIRECTORIES", "APP_CONTEXT_BASE_DIRECTORY",
                         "System.Globalization.Invariant", "RUNTIME_IDENTIFIER"};
  const char *values[] = {assemblies(program), folder, folder, folder, "true", "linux-musl-x64"};
  void *host;
  unsigned domain, code = 0;
  initialize_fn *initialize = (initialize_fn *)function(library, "coreclr_initialize");
  int failed = initialize(managed, "smoke", sizeof names / sizeof *names, names, values, &host, &domain);
  if (failed < 0) die("the runtime does not start", failed);
  execute_fn *execute = (execute_fn *)function(library, "coreclr_execute_assembly");
  failed = execute(host, domain, argc - 2, (const char **)argv + 2, managed, &code);
  if (failed < 0) die(managed, failed);
  int exit_code = 0;
  ((shutdown_fn *)function(library, "coreclr_shutdown_2"))(host, domain, &exit_code);
  return exit_code;
}
