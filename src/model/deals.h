/* Shared by the two files that read contracts by the ACTUS standard. */
#ifndef CHI_MODEL_DEALS_H
#define CHI_MODEL_DEALS_H

#include "model/deal_query.h"
#include "model/passes.h"
#include "text/schedule.h"

/* What the list of types says of one. */
typedef struct chi_deal_words {
    const char *type;
    chi_deal_group group;
    const char *long_key, *short_key, *role, *class, *doc;
} chi_deal_words;
const chi_deal_words *chi_deal_words_of(uint32_t type);

/* One contract that is being read. */
typedef struct deal_reader {
    chi_reader *reader;
    const chi_map *map;
    uint32_t row, type; /* of deal; chi_deal_type */
    const chi_deal_words *words;
    uint32_t part;   /* 0: the contract itself; else the part that is being read */
    chi_node *tree;  /* dictionary names to values */
    chi_node *into;  /* the mapping of the tree that terms go to */
    chi_node *last;  /* its last child */
    chi_node *parts; /* contractStructure, NULL until there is one */
} deal_reader;

/* Fills the tree and the rows of terms and events. */
void chi_deal_terms_read(deal_reader *r, const char *role);
/* A number of the tree that is known to be one; `fallback` if it is absent. */
double chi_deal_number(const deal_reader *r, const char *name, double fallback);
/* What the file calls a term of the dictionary, for messages; NULL for words that are none.
 * `reader` is the deal_reader. */
const char *chi_deal_word(const void *reader, const char *word);
double chi_driver_at_start(const chi_reader *reader, uint32_t driver);

#endif
