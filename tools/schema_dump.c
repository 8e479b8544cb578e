/* Prints the tables that the reference and the JSON Schema are made from, as JSON: the kinds and
 * keys of the file format, the types of values, the items of expressions and the diagnostics.
 * tools/gen_schema compiles and runs it. */
#include "base/diag_codes.h"
#include "cardhouse/ch_diag.h"
#include "model/ops.h"
#include "model/schema.h"

#include <math.h>
#include <stdio.h>

static void print_text(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

static void print_pair(const char *key, const char *text, const char *end)
{
    printf("\"%s\": ", key);
    print_text(text);
    printf("%s", end);
}

static void print_number(const char *key, double value)
{
    if (isfinite(value))
        printf("\"%s\": %.17g, ", key, value);
    else
        printf("\"%s\": null, ", key);
}

static void print_field(const chi_field *field, int first)
{
    static const char *const types[] = {
#define TYPE_ID(id, name, form) #id,
        CHI_TYPE_LIST(TYPE_ID)
#undef TYPE_ID
    };
    printf("%s\n    {", first ? "" : ",");
    print_pair("key", field->key, ", ");
    print_pair("type", types[field->type], ", ");
    printf("\"required\": %s, ", field->need == CHI_REQUIRED ? "true" : "false");
    print_pair("fallback", field->fallback, ", ");
    print_number("low", field->low);
    print_number("high", field->high);
    print_pair("detail", field->detail, ", ");
    print_pair("doc", field->doc, "}");
}

static void print_kinds(void)
{
    printf("\"kinds\": [");
    for (int i = 0; i < CHI_KIND_COUNT; i++) {
        const chi_kind *kind = chi_kind_at((chi_kind_id)i);
        printf("%s\n  {", i ? "," : "");
        print_pair("id", kind->id, ", ");
        print_pair("title", kind->title, ", ");
        print_pair("place", kind->place, ", ");
        print_pair("doc", kind->doc, ", \"fields\": [");
        for (size_t f = 0; f < kind->field_count; f++)
            print_field(&kind->fields[f], f == 0);
        printf("]}");
    }
    printf("],\n");
}

int main(void)
{
    printf("{");
    print_kinds();
    printf("\"types\": {");
#define TYPE(id, name, form)                                                                       \
    print_pair(#id, name, ",\n");                                                                  \
    print_pair(#id "_form", form, ",\n");
    CHI_TYPE_LIST(TYPE)
#undef TYPE
    printf("\"\": \"\"},\n\"items\": [");
#define ITEM(id, name, meaning)                                                                    \
    printf("[");                                                                                   \
    print_text(name);                                                                              \
    printf(", ");                                                                                  \
    print_text(meaning);                                                                           \
    printf("],\n");
    CHI_ITEM_LIST(ITEM)
#undef ITEM
    printf("[\"\", \"\"]],\n\"diagnostics\": [");
#define DIAG(number, severity, title, hint)                                                        \
    printf("{\"code\": %d, ", number);                                                             \
    print_pair("severity",                                                                         \
        severity == CH_ERROR     ? "error"                                                         \
        : severity == CH_WARNING ? "warning"                                                       \
                                 : "note",                                                         \
        ", ");                                                                                     \
    print_pair("title", title, ", ");                                                              \
    print_pair("hint", hint, "},\n");
    CHI_DIAG_LIST(DIAG)
#undef DIAG
    printf("{}]}\n");
    return 0;
}
