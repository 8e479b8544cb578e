/* How much work a random test does: CARDHOUSE_TEST_EFFORT is "short" under sanitizers and in second
 * builds, "long" for a run of some minutes by hand, and otherwise not set. */
#ifndef SUPPORT_EFFORT_H
#define SUPPORT_EFFORT_H

#include <stdlib.h>
#include <string.h>

static inline int with_effort(int count)
{
    const char *effort = getenv("CARDHOUSE_TEST_EFFORT");
    if (effort && strcmp(effort, "short") == 0)
        return count < 8 ? 1 : count / 8;
    return effort && strcmp(effort, "long") == 0 ? count * 50 : count;
}

#endif
