/*
 * engine.c: the life of the embedded engine, and its watcher thread.
 *
 * An in-memory database is opened with its limits, our functions are registered, the data's Parquet
 * files and one private folder are allowed, and then external access and the configuration are
 * locked before any query runs. A watcher thread polls cancel flags, deadlines and the memory of the
 * process while runs are active, and interrupts their connections; it sleeps while there are none.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/duckdb/engine_internal.h"
#include "engine/duckdb/sql_writer.h"

enum { WATCH_PERIOD_MS = 10, TRIM_PERIOD_MS = 1000 };

/* ------------------------------------------------------------ private folder */

static char *join_path(const char *dir, const char *name) {
    Buf path = {0};
    buf_puts(&path, dir);
    buf_putc(&path, '/');
    buf_puts(&path, name);
    buf_putc(&path, 0);
    return path.ptr;
}

/* Removes a folder of ours: files and one level of folders below are all that the engine makes. */
static void remove_folder(const char *dir, int depth) {
    DIR *d = opendir(dir);
    if (!d) return;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *path = join_path(dir, entry->d_name);
        struct stat info;
        if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
            if (depth > 0) remove_folder(path, depth - 1);
        } else {
            (void)unlink(path);
        }
        free(path);
    }
    closedir(d);
    (void)rmdir(dir);
}

/* Always a fresh folder of our own, below the wished place. */
static Status make_temp_dir(Engine *e, const char *wished, Diags *diags) {
    const char *parent = wished ? wished : getenv("TMPDIR");
    if (!parent || !*parent) parent = "/tmp";
    char *path = join_path(parent, "quarry-XXXXXX");
    if (!mkdtemp(path)) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY501",
                 "no folder for temporary files could be made in %s: %s", parent, strerror(errno));
        free(path);
        return ENGINE;
    }
    e->temp_dir = path;
    e->owns_temp_dir = true;
    e->out_dir = join_path(path, "out");
    if (mkdir(e->out_dir, 0700) != 0) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY501",
                 "no folder for temporary files could be made in %s: %s", path, strerror(errno));
        return ENGINE;
    }
    return OK;
}

/* ------------------------------------------------------ memory of the process */

/* The memory of the process that stands for no file, in bytes; 0 when it cannot be told. */
static int64_t process_bytes(void) {
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    long long total, resident, shared;
    text[n > 0 ? n : 0] = 0;
    if (sscanf(text, "%lld %lld %lld", &total, &resident, &shared) != 3) return 0;
    return (int64_t)(resident - shared) * sysconf(_SC_PAGESIZE);
}

/*
 * The engine counts its own blocks against its limit, but not texts in vectors, nor what kernels
 * hold. So the process as a whole has a limit too: a quarter more than the engine's, and what it
 * held already when the engine was opened.
 */
static int64_t process_limit(int64_t engine_bytes) {
    int64_t now = process_bytes();
    return now ? now + engine_bytes + engine_bytes / 4 + (INT64_C(256) << 20) : 0;
}

/* ------------------------------------------------------------------ opening */

static int64_t default_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
    if (pages <= 0 || size <= 0) return INT64_C(1) << 30;
    return (int64_t)pages * size / 10 * 7;
}

static Status open_database(Engine *e, const EngineOptions *o, Diags *diags) {
    duckdb_config config = NULL;
    if (duckdb_create_config(&config) != DuckDBSuccess) return ENGINE;
    e->n_threads = thread_count(o->n_threads);
    int64_t bytes = o->memory_bytes > 0 ? o->memory_bytes : default_memory();
    e->most_bytes = process_limit(bytes);
    char threads[16], memory[32];
    snprintf(threads, sizeof threads, "%u", e->n_threads);
    snprintf(memory, sizeof memory, "%lldB", (long long)bytes);
    const struct {
        const char *name, *value;
    } settings[] = {{"threads", threads},
                    {"memory_limit", memory},
                    {"temp_directory", e->temp_dir},
                    {"autoinstall_known_extensions", "false"},
                    {"autoload_known_extensions", "false"},
                    {"allow_community_extensions", "false"},
                    {"enable_external_file_cache", "false"}};
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        (void)duckdb_set_config(config, settings[i].name, settings[i].value);
    char *error = NULL;
    duckdb_state state = duckdb_open_ext(NULL, &e->database, config, &error);
    duckdb_destroy_config(&config);
    if (state == DuckDBSuccess) return OK;
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY500",
             "the query engine could not be opened: %s", error ? error : "unknown reason");
    duckdb_free(error);
    return ENGINE;
}

static Status execute(Engine *e, const Buf *sql, Diags *diags) {
    Buf text = {0};
    buf_put(&text, buf_str(sql));
    buf_putc(&text, 0);
    duckdb_result result;
    memset(&result, 0, sizeof result);
    Status status = OK;
    if (duckdb_query(e->registrar, text.ptr, &result) != DuckDBSuccess)
        status = error_to_diag(NULL, duckdb_result_error(&result),
                               duckdb_result_error_type(&result), diags);
    duckdb_destroy_result(&result);
    buf_free(&text);
    return status;
}

static Status execute_text(Engine *e, const char *sql, Diags *diags) {
    Buf text = {0};
    buf_puts(&text, sql);
    Status status = execute(e, &text, diags);
    buf_free(&text);
    return status;
}

static void put_paths(Buf *sql, const DataSet *data) {
    bool is_first = true;
    for (uint32_t i = 0; data && i < dataset_table_count(data); i++) {
        const char *const *paths = table_parquet_files(dataset_table(data, i));
        for (; paths && *paths; paths++) {
            if (!is_first) buf_puts(sql, ", ");
            is_first = false;
            sql_text(sql, str_of(*paths));
        }
    }
}

/* From here on the engine reads the allowed files alone, and nothing can change that. */
static Status lock_down(Engine *e, Diags *diags) {
    Buf sql = {0};
    buf_puts(&sql, "SET allowed_directories = [");
    sql_text(&sql, str_of(e->out_dir));
    buf_putc(&sql, ']');
    Status status = execute(e, &sql, diags);
    buf_clear(&sql);
    buf_puts(&sql, "SET allowed_paths = [");
    put_paths(&sql, e->data);
    buf_putc(&sql, ']');
    if (status == OK) status = execute(e, &sql, diags);
    buf_free(&sql);
    static const char *const settings[] = {
        "SET enable_progress_bar = true", "SET enable_progress_bar_print = false",
        "SET enable_external_access = false", "SET lock_configuration = true"};
    for (size_t i = 0; i < COUNT_OF(settings) && status == OK; i++)
        status = execute_text(e, settings[i], diags);
    return status;
}

/* ------------------------------------------------------------------ watcher */

/* Past the limit of the process the run whose functions make the largest texts is stopped; one that
 * is stopped already gives its memory back first. */
static void watch_memory(Engine *e) {
    if (!e->most_bytes || process_bytes() <= e->most_bytes) return;
    if (clock_ms() - e->trimmed_ms >= TRIM_PERIOD_MS) {
        e->trimmed_ms = clock_ms();
        (void)malloc_trim(0);
        if (process_bytes() <= e->most_bytes) return;
    }
    Run *largest = NULL;
    for (Run *run = e->runs; run; run = run->next) {
        if (run->stop != STOP_NONE) return;
        if (!largest || run->largest_batch > largest->largest_batch) largest = run;
    }
    if (largest) largest->stop = STOP_MEMORY;
}

static void watch_run(Run *run) {
    if (run->stop == STOP_NONE) {
        if (run->options.cancel && *run->options.cancel) run->stop = STOP_CANCEL;
        else if (run->deadline_ms && clock_ms() >= run->deadline_ms) run->stop = STOP_TIMEOUT;
    }
    if (run->stop != STOP_NONE) duckdb_interrupt(run->connection);
}

static void *watch(void *arg) {
    Engine *e = arg;
    pthread_mutex_lock(&e->lock);
    while (!e->is_closing) {
        if (!e->runs) {
            pthread_cond_wait(&e->wake, &e->lock);
            continue;
        }
        watch_memory(e);
        for (Run *run = e->runs; run; run = run->next) watch_run(run);
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WATCH_PERIOD_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_nsec -= 1000000000L;
            until.tv_sec++;
        }
        pthread_cond_timedwait(&e->wake, &e->lock, &until);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

void engine_add_run(Engine *e, Run *run) {
    pthread_mutex_lock(&e->lock);
    run->next = e->runs;
    e->runs = run;
    pthread_cond_signal(&e->wake);
    pthread_mutex_unlock(&e->lock);
}

void engine_remove_run(Engine *e, Run *run) {
    pthread_mutex_lock(&e->lock);
    for (Run **at = &e->runs; *at; at = &(*at)->next) {
        if (*at != run) continue;
        *at = run->next;
        break;
    }
    pthread_mutex_unlock(&e->lock);
}

Run *engine_find_run(Engine *e, duckdb_client_context context) {
    if (!context) return NULL;
    idx_t id = duckdb_client_context_get_connection_id(context);
    pthread_mutex_lock(&e->lock);
    Run *run = e->runs;
    while (run && run->connection_id != id) run = run->next;
    pthread_mutex_unlock(&e->lock);
    return run;
}

/* -------------------------------------------------------------------- life */

static Status open_all(Engine *e, const EngineOptions *o, Diags *diags) {
    TRY(make_temp_dir(e, o->temp_dir, diags));
    TRY(open_database(e, o, diags));
    if (duckdb_connect(e->database, &e->registrar) != DuckDBSuccess ||
        !scan_function_register(e->registrar, e) || !key_function_register(e->registrar, e) ||
        !values_function_register(e->registrar, e)) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY500",
                 "the query engine could not be set up");
        return ENGINE;
    }
    TRY(lock_down(e, diags));
    if (pthread_create(&e->watcher, NULL, watch, e) != 0) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0}, "QY500",
                 "no thread could be started");
        return ENGINE;
    }
    e->has_watcher = true;
    return OK;
}

Status engine_open(const EngineOptions *options, Diags *diags, Engine **ret) {
    Engine *e = calloc(1, sizeof *e);
    if (!e) abort();
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->wake, NULL);
    e->arena = arena_new();
    e->data = options->data;
    e->ends_with_program = options->ends_with_program;
    Status status = open_all(e, options, diags);
    if (status != OK) {
        engine_close(e);
        return status;
    }
    *ret = e;
    return OK;
}

void engine_close(Engine *e) {
    if (!e) return;
    if (e->has_watcher) {
        pthread_mutex_lock(&e->lock);
        e->is_closing = true;
        pthread_cond_signal(&e->wake);
        pthread_mutex_unlock(&e->lock);
        pthread_join(e->watcher, NULL);
    }
    if (e->registrar) duckdb_disconnect(&e->registrar);
    if (e->database && !e->ends_with_program) duckdb_close(&e->database);
    if (e->temp_dir && e->owns_temp_dir) remove_folder(e->temp_dir, 2);
    free(e->temp_dir);
    free(e->out_dir);
    arena_free(e->arena);
    pthread_cond_destroy(&e->wake);
    pthread_mutex_destroy(&e->lock);
    free(e);
}
