/* Independent pieces of work on several threads. Each piece writes only its own results, so these
 * do not depend on the number of threads or on who takes which piece. */
#ifndef CHI_CLEAR_NET_THREADS_H
#define CHI_CLEAR_NET_THREADS_H

#include <stddef.h>

typedef void chi_net_piece_fn(void *context, size_t thread, size_t piece);

/* Threads to use: `wanted`, or as many as there are processors if 0, but not more than pieces. */
size_t chi_net_threads(size_t wanted, size_t pieces);

/* Runs all pieces; thread numbers are below `threads`. If threads cannot be made, fewer do it. */
void chi_net_parallel(size_t threads, size_t pieces, chi_net_piece_fn *run, void *context);

#endif
