// What gcc's own C++ runtime, built for glibc, wants of it and musl does not have.
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char __libc_single_threaded = 0;

int __pthread_key_create(pthread_key_t *key, void (*end)(void *)) { return pthread_key_create(key, end); }

// The unwinder asks in which library an address lies, and where that library's table for unwinding is.
struct dl_find_object {
  unsigned long long flags;
  void *map_start, *map_end;
  struct link_map *link_map;
  void *eh_frame;
  unsigned long long reserved[7];
};
struct wanted {
  uintptr_t address;
  struct dl_find_object *found;
};
static int look(struct dl_phdr_info *library, size_t size, void *data) {
  struct wanted *wanted = data;
  uintptr_t first = UINTPTR_MAX, end = 0, table = 0;
  int inside = 0;
  (void)size;
  for (int i = 0; i < library->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &library->dlpi_phdr[i];
    uintptr_t start = library->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_GNU_EH_FRAME) table = start;
    if (part->p_type != PT_LOAD) continue;
    if (start < first) first = start;
    if (start + part->p_memsz > end) end = start + part->p_memsz;
    inside |= wanted->address >= start && wanted->address < start + part->p_memsz;
  }
  if (!inside || !table) return 0;
  *wanted->found = (struct dl_find_object){.map_start = (void *)first, .map_end = (void *)end, .eh_frame = (void *)table};
  return 1;
}
int _dl_find_object(void *address, struct dl_find_object *found) {
  struct wanted wanted = {(uintptr_t)address, found};
  return dl_iterate_phdr(look, &wanted) == 1 ? 0 : -1;
}

// Destructors of a thread, the last one registered first.
struct destructor {
  void (*run)(void *);
  void *of;
  struct destructor *next;
};
static pthread_key_t destructors;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void run_all(void *first) {
  for (struct destructor *one = first, *next; one; one = next) {
    next = one->next;
    one->run(one->of);
    free(one);
  }
}
static void make_key(void) { pthread_key_create(&destructors, run_all); }
int __cxa_thread_atexit_impl(void (*run)(void *), void *of, void *library) {
  (void)library;
  pthread_once(&once, make_key);
  struct destructor *one = malloc(sizeof *one);
  if (!one) return -1;
  *one = (struct destructor){run, of, pthread_getspecific(destructors)};
  return pthread_setspecific(destructors, one);
}

// Of the C++ library proper, the runtime wants three ways to fail.
static void end(const char *why) {
  fprintf(stderr, "%s\n", why);
  abort();
}
void _ZSt17__throw_bad_allocv(void) { end("std::bad_alloc"); }
void _ZSt20__throw_length_errorPKc(const char *what) { end(what); }
void _ZSt28__throw_bad_array_new_lengthv(void) { end("std::bad_array_new_length"); }
