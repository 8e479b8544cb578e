/* A growing text for tests. */
#include "support/collect.h"

#include <stdlib.h>
#include <string.h>

int collect_write(void *collected_text, const char *text, size_t size)
{
    collected *all = collected_text;
    char *fresh = realloc(all->text, all->size + size + 1);
    if (!fresh)
        return 1;
    memcpy(fresh + all->size, text, size);
    all->text = fresh;
    all->size += size;
    fresh[all->size] = '\0';
    return all->stop_after && all->size >= all->stop_after;
}

void collect_free(collected *text)
{
    free(text->text);
    *text = (collected){0};
}

char *collect_diags(const ch_diags *diags, ch_diag_style style)
{
    collected all = {0};
    collect_write(&all, "", 0);
    ch_diags_print(diags, style, collect_write, &all);
    return all.text;
}
