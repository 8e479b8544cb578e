/* Keeps the support library non-empty on a tree without helpers. */
extern int cardhouse_test_support_anchor;
int cardhouse_test_support_anchor = 0;
