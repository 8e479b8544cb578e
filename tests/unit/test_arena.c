/* Arenas: alignment, growth, and the one road that a failing allocation takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "support/failing.h"

#include <stdio.h>
#include <string.h>

static void test_memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    for (size_t size = 1; size < 5000; size = size * 3 + 1) {
        char *memory = chi_arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)memory % (size >= 64 ? 64 : 16), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xAB, size);
    }
    char *large = chi_arena_alloc(&arena, (size_t)40 << 20);
    large[((size_t)40 << 20) - 1] = 1;
    chi_arena_free(&arena);
    assert_null(arena.blocks);
}

static void test_cleared_memory_is_used_again(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    char *first = chi_arena_alloc(&arena, 300000);
    memset(first, 0xAB, 300000);
    chi_arena_clear(&arena);
    assert_int_equal(arena.bytes, 0);
    char *again = chi_arena_room(&arena, 1000), *zeroed = chi_arena_alloc(&arena, 299000);
    assert_ptr_equal(again, first);
    assert_true(zeroed > first && zeroed < first + 300000);
    for (size_t i = 0; i < 299000; i++)
        assert_int_equal(zeroed[i], 0);
    chi_arena_free(&arena);
}

static void test_large_memory_goes_first(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    char *small = chi_arena_alloc(&arena, 100);
    char *large = chi_arena_alloc(&arena, CHI_ARENA_LARGE + 1);
    char *after = chi_arena_alloc(&arena, 10);
    memset(small, 1, 100);
    memset(after, 2, 10);
    chi_arena_release(&arena, large);
    chi_arena_release(&arena, small); /* stays */
    assert_int_equal(small[99] + after[9], 3);
    chi_arena_free(&arena);
}

static void test_texts_and_arrays(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    assert_string_equal(chi_arena_text(&arena, "abcdef", 3), "abc");
    assert_string_equal(chi_arena_text(&arena, NULL, 0), "");
    assert_string_equal(chi_arena_format(&arena, "%d-%s", 7, "x"), "7-x");
    CHI_VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        *CHI_PUSH(&arena, &numbers) = i;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.at[i], i);
    assert_int_equal(numbers.count, 1000);
    chi_arena_free(&arena);
}

static void test_failure_without_a_road_is_null(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    assert_null(chi_arena_alloc(&arena, SIZE_MAX / 2));
    failing_from(1);
    assert_null(chi_arena_alloc(&arena, 10));
    assert_null(chi_arena_format(&arena, "%d", 1));
    failing_stop();
    assert_non_null(chi_arena_alloc(&arena, 10));
    chi_arena_free(&arena);
}

static void test_failure_jumps_and_leaves_the_arena_whole(void **state)
{
    (void)state;
    chi_arena arena;
    chi_arena_init(&arena);
    jmp_buf on_failure;
    volatile int steps = 0;
    if (setjmp(on_failure) == 0) {
        arena.on_failure = &on_failure;
        chi_arena_alloc(&arena, 10);
        steps = 1;
        failing_from(1);
        chi_arena_alloc(&arena, 1 << 20);
        steps = 2;
    }
    failing_stop();
    assert_int_equal(steps, 1);
    arena.on_failure = NULL;
    assert_non_null(chi_arena_alloc(&arena, 10));
    chi_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_cleared_memory_is_used_again),
        cmocka_unit_test(test_large_memory_goes_first),
        cmocka_unit_test(test_texts_and_arrays),
        cmocka_unit_test(test_failure_without_a_road_is_null),
        cmocka_unit_test(test_failure_jumps_and_leaves_the_arena_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
