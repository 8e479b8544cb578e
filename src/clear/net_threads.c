/* Independent pieces of work on several threads. */
#include "clear/net_threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 256, GRAIN = 8 };

typedef struct crew {
    atomic_size_t next;
    size_t pieces;
    chi_net_piece_fn *run;
    void *context;
} crew;

typedef struct worker {
    crew *crew;
    size_t number;
} worker;

size_t chi_net_threads(size_t wanted, size_t pieces)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = wanted ? wanted : processors > 0 ? (size_t)processors : 1;
    threads = threads < THREADS_MAX ? threads : THREADS_MAX;
    return threads < pieces ? threads : pieces ? pieces : 1;
}

static void *work(void *argument)
{
    worker *self = argument;
    crew *c = self->crew;
    for (;;) {
        size_t from = atomic_fetch_add(&c->next, GRAIN);
        if (from >= c->pieces)
            return NULL;
        size_t end = from + GRAIN < c->pieces ? from + GRAIN : c->pieces;
        for (size_t piece = from; piece < end; piece++)
            c->run(c->context, self->number, piece);
    }
}

void chi_net_parallel(size_t threads, size_t pieces, chi_net_piece_fn *run, void *context)
{
    crew c = {.pieces = pieces, .run = run, .context = context};
    pthread_t handles[THREADS_MAX];
    worker workers[THREADS_MAX];
    size_t started = 0;
    for (size_t t = 0; t < threads && t < THREADS_MAX; t++)
        workers[t] = (worker){&c, t};
    while (started + 1 < threads && started + 1 < THREADS_MAX &&
           pthread_create(&handles[started], NULL, work, &workers[started + 1]) == 0)
        started++;
    work(&workers[0]);
    for (size_t t = 0; t < started; t++)
        pthread_join(handles[t], NULL);
}
