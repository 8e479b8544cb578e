/* The rows of the file format as data: see model/schema.h. */
#include "model/schema.h"

#include "base/check.h"
#include "model/schema_fields.h"

#include <string.h>

#define FIELD(key, type, need, fallback, low, high, detail, doc)                                   \
    {key, CHI_TYPE_##type, CHI_##need, fallback, low, high, detail, doc},
#define TABLE(id, name, title, place, doc)                                                         \
    static const chi_field fields_##id[] = {CHI_FIELDS_##id(FIELD)};
CHI_KIND_LIST(TABLE)
#undef TABLE

static const chi_kind kinds[CHI_KIND_COUNT] = {
#define ROW(id, name, title, place, doc)                                                           \
    {name, title, place, doc, fields_##id, sizeof fields_##id / sizeof *fields_##id},
    CHI_KIND_LIST(ROW)
#undef ROW
};

static const struct {
    const char *name, *form;
} types[CHI_TYPES] = {
#define ROW(id, name, form) {name, form},
    CHI_TYPE_LIST(ROW)
#undef ROW
};

const chi_kind *chi_kind_at(chi_kind_id id)
{
    CHI_ASSERT((unsigned)id < CHI_KIND_COUNT);
    return &kinds[id];
}

const chi_field *chi_kind_field(const chi_kind *kind, const char *key)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (strcmp(kind->fields[i].key, key) == 0)
            return &kind->fields[i];
    return NULL;
}

const char *chi_type_name(chi_type type)
{
    CHI_ASSERT((unsigned)type < CHI_TYPES);
    return types[type].name;
}

const char *chi_type_form(chi_type type)
{
    CHI_ASSERT((unsigned)type < CHI_TYPES);
    return types[type].form;
}

bool chi_detail_word(const char *detail, size_t index, char *word, size_t room)
{
    CHI_ASSERT(detail && room > 0);
    for (; index > 0 && *detail; index--) {
        detail += strcspn(detail, "|");
        detail += *detail == '|';
    }
    size_t size = strcspn(detail, "|");
    if (size == 0)
        return false;
    if (size > room - 1)
        size = room - 1;
    memcpy(word, detail, size);
    word[size] = '\0';
    return true;
}
