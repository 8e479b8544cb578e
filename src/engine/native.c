/* Compiles and loads what emit.c writes. */
#include "engine/native.h"

#include "base/check.h"
#include "base/write.h"
#include "engine/emit.h"
#include "num/hash.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Flags that decide bits are those of the tiles, see CMakeLists.txt. */
#define FLAGS                                                                                      \
    "-std=c17", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",               \
        "-mtune=native", "-mprefer-vector-width=512", "-w", "-fPIC", "-shared"
/* Loops over one vector must not become calls of memcpy or be torn into pieces: what is stored in
 * parts is slow to load whole. clang does not know these flags. */
#define FLAGS_OF_GCC "-fno-tree-loop-distribute-patterns", "-fno-tree-slp-vectorize"
static const char *const flags_of_isa[CHI_ISA_COUNT] = {
    [CHI_ISA_V3] = "-march=x86-64-v3",
    [CHI_ISA_V4] = "-march=x86-64-v4",
};

/* A folder of our own that nobody else can write to, made if it is not there; NULL if it cannot be
 * had, or is somebody else's. */
static const char *private_folder(const char *path)
{
    struct stat found;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return NULL;
    if (lstat(path, &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
        (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return NULL;
    return path;
}

/* Where compiled code is kept between runs: XDG Base Directory Specification 0.8. */
static const char *cache_folder(chi_arena *arena)
{
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (base && base[0] == '/')
        return private_folder(chi_arena_format(arena, "%s/cardhouse", base));
    if (!home || home[0] != '/')
        return NULL;
    mkdir(chi_arena_format(arena, "%s/.cache", home), 0700);
    return private_folder(chi_arena_format(arena, "%s/.cache/cardhouse", home));
}

static bool write_file(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "wbe");
    if (!file)
        return false;
    bool good = fwrite(text, 1, size, file) == size;
    return fclose(file) == 0 && good;
}

/* Is the file's content this text? */
static bool same_file(const char *path, const char *text, size_t size, chi_arena *arena)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    char *have = chi_arena_alloc(arena, size + 1);
    bool same = fread(have, 1, size + 1, file) == size && memcmp(have, text, size) == 0;
    fclose(file);
    return same;
}

/* Runs a command; true if it succeeded. What it says goes nowhere. */
static bool command(const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    pid_t child;
    int status = -1;
    int failed =
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) ||
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) ||
        posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return false;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool compile(const char *compiler, chi_isa isa, const char *source, const char *library)
{
    const char *const as_gcc[] = {
        compiler, flags_of_isa[isa], FLAGS, FLAGS_OF_GCC, "-o", library, source, NULL};
    const char *const as_clang[] = {
        compiler, flags_of_isa[isa], FLAGS, "-o", library, source, NULL};
    return command(as_gcc) || command(as_clang);
}

/* The library's file for this source: found in `folder`, or made there. NULL if that fails. The
 * source lies beside it and is compared, so that no hash can be mistaken for another. */
static const char *library_file(const char *folder, const char *compiler, chi_isa isa,
    const char *source, size_t size, chi_arena *arena)
{
    uint64_t hash = chi_hash64(CHI_HASH64_START, source, size);
    const char *const how[] = {compiler, flags_of_isa[isa], FLAGS, FLAGS_OF_GCC};
    for (size_t i = 0; i < sizeof how / sizeof how[0]; i++)
        hash = chi_hash64(hash, how[i], strlen(how[i]) + 1);
    const char *stem =
        chi_arena_format(arena, "%s/%016" PRIx64 "-%s", folder, hash, chi_isa_name(isa));
    const char *library = chi_arena_format(arena, "%s.so", stem);
    const char *text = chi_arena_format(arena, "%s.c", stem);
    if (access(library, R_OK) == 0 && same_file(text, source, size, arena))
        return library;
    /* made under names of this process and then renamed: another may do the same */
    const char *part = chi_arena_format(arena, "%s.%ld", stem, (long)getpid());
    const char *new_library = chi_arena_format(arena, "%s.so", part);
    const char *new_text = chi_arena_format(arena, "%s.c", part);
    bool good = write_file(new_text, source, size) && compile(compiler, isa, new_text, new_library);
    good = good && rename(new_library, library) == 0 && rename(new_text, text) == 0;
    if (!good) {
        unlink(new_text);
        unlink(new_library);
    }
    return good ? library : NULL;
}

static void load(chi_native *native, const char *library)
{
    native->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!native->library)
        return;
    void *month = dlsym(native->library, "cardhouse_month");
    void *run = dlsym(native->library, "cardhouse_run");
    memcpy(&native->month, &month, sizeof month); /* POSIX: fits; ISO C has no cast for it */
    memcpy(&native->run, &run, sizeof run);
}

static chi_rare_fn *const rare_functions[CHI_RARE_COUNT] = {
#define CHI_RARE_ADDRESS(function, doc) chi_rare_##function,
    CHI_RARE_LIST(CHI_RARE_ADDRESS)
#undef CHI_RARE_ADDRESS
};

chi_native chi_native_open(const chi_plan *plan, chi_isa isa, chi_arena *arena)
{
    chi_native native = {.rare = rare_functions};
    const char *wish = getenv("CC");
    const char *compiler = wish && *wish ? wish : "cc";
    size_t size = 0;
    if (!flags_of_isa[isa]) {
        native.reason = "it is made for processors with AVX2 or better";
        return native;
    }
    const char *source = chi_emit_source(plan, arena, &size);
    const char *folder = cache_folder(arena);
    if (!folder) {
        native.reason = "there is no private folder to keep it in (XDG_CACHE_HOME, or HOME/.cache)";
        return native;
    }
    const char *library = library_file(folder, compiler, isa, source, size, arena);
    if (library)
        load(&native, library);
    if (!native.month || !native.run)
        native.reason =
            chi_arena_format(arena, "the C compiler '%s' failed or is missing", compiler);
    return native;
}

void chi_native_close(chi_native *native)
{
    if (native->library)
        dlclose(native->library);
    *native = (chi_native){0};
}

static chi_native_frame frame_of(const chi_native *native, chi_tile *tile)
{
    CHI_ASSERT(tile->state.paths == CHI_NATIVE_PATHS);
    return (chi_native_frame){.state = tile->state.block,
        .flags = &tile->flags,
        .tile = tile,
        .rare = native->rare,
        .seed = tile->seed,
        .first_path = tile->first,
        .streams = tile->plan->stream,
        .draw = tile->draws.rows};
}

void chi_native_start(const chi_native *native, chi_tile *tile)
{
    chi_native_frame frame = frame_of(native, tile);
    native->month(&frame, 0);
}

void chi_native_month(const chi_native *native, chi_tile *tile)
{
    chi_native_frame frame = frame_of(native, tile);
    native->month(&frame, tile->month + 1);
}

void chi_native_run(const chi_native *native, chi_tile *tile, double *kept)
{
    chi_native_frame frame = frame_of(native, tile);
    frame.month = &tile->month;
    frame.kept = kept;
    native->run(&frame);
}
