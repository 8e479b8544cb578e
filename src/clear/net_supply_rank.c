/* The index of many firms: scenarios are independent, so threads share them and nothing else. */
#include "clear/net_supply_batch.h"
#include "clear/net_threads.h"

enum { PIECE_MAX = 64, PIECES_PER_THREAD = 64 };

typedef struct work {
    const chi_net_supply_ranking *ranking;
    chi_net_supply_result *results;
    size_t piece;                  /* scenarios at a time */
    chi_net_supply_batch *batches; /* one per thread */
} work;

static void run_piece(void *context, size_t thread, size_t piece)
{
    work *w = context;
    const chi_net_supply_ranking *r = w->ranking;
    size_t first = piece * w->piece, end = first + w->piece;
    chi_net_supply_jobs jobs = {
        r->firms, first, end < r->count ? end : r->count, r->eps, r->steps_max, w->results};
    chi_net_supply_batch_run(&w->batches[thread], &jobs);
}

void chi_net_supply_rank(chi_arena *arena, const chi_net_supply *net,
    const chi_net_supply_ranking *ranking, chi_net_supply_result *results)
{
    size_t threads = chi_net_threads(ranking->threads, ranking->count);
    size_t piece = ranking->count / (PIECES_PER_THREAD * threads);
    piece = piece > PIECE_MAX              ? PIECE_MAX
            : piece < CHI_NET_SUPPLY_LANES ? CHI_NET_SUPPLY_LANES
                                           : piece;
    work w = {ranking, results, threads == 1 ? ranking->count + 1 : piece, NULL};
    w.batches = chi_arena_alloc(arena, threads * sizeof *w.batches);
    for (size_t t = 0; t < threads; t++)
        w.batches[t] = chi_net_supply_batch_new(arena, net);
    chi_net_parallel(threads, (ranking->count + w.piece - 1) / w.piece, run_piece, &w);
}
