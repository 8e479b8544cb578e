/* The allocator that fails when told to. */
#include "support/failing.h"

#include "base/arena.h"

#include <stdlib.h>

static size_t count, fail_at;
static bool only_once, happened;

static void *failing_alloc(size_t size)
{
    count++;
    if (only_once ? count == fail_at : count >= fail_at) {
        happened = true;
        return NULL;
    }
    return malloc(size);
}

static void start(size_t number, bool once)
{
    static const chi_allocator allocator = {failing_alloc, free};
    count = 0;
    fail_at = number;
    only_once = once;
    happened = false;
    chi_allocator_set(&allocator);
}

void failing_from(size_t number)
{
    start(number, false);
}

void failing_once(size_t number)
{
    start(number, true);
}

void failing_stop(void)
{
    chi_allocator_set(NULL);
}

bool failing_happened(void)
{
    return happened;
}
