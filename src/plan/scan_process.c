/*
 * scan_process.c: the scan operator: rows matched against steps, in order.
 *
 * Source: "scan operator", "Scan logic". Each step k has a state: a record for each step up to k, once a
 * sequence has come that far. A row is held against the steps from the last to the first. It goes on from
 * step k-1 to k when k-1 has a sequence and the condition of k holds over that state: the state moves up.
 * Else it repeats in k when k has a sequence, or is the first step, and the condition holds over k's own
 * state. Records that are not there read as nulls and defaults. A step with output=last shows a row when
 * the series of its repeats ends.
 */
#include "plan/plan_internal.h"
#include "plan/process.h"

typedef struct StepState {
    bool is_active;
    int64_t match_id;
    Value *records; /* n_steps records */
    bool *has_record;
    Value *pending; /* added values that wait; output=last */
    size_t pending_row;
    bool is_pending;
} StepState;

typedef struct Scan {
    const ScanProcess *program;
    ProcessRun *run;
    uint32_t width; /* of a record */
    Value *slots;   /* (1 + n_steps) * width */
    Value *nothing; /* a record that is not there */
    StepState *states;
    int64_t next_match;
    Arena *work; /* emptied after each row */
} Scan;

static StepState state_new(const Scan *s) {
    uint32_t n = s->program->n_steps;
    StepState state = {.records = ARENA_ARRAY(s->run->arena, Value, (size_t)n * s->width + 1),
                       .has_record = ARENA_ARRAY(s->run->arena, bool, n + 1),
                       .pending = ARENA_ARRAY(s->run->arena, Value, s->program->n_declared + 2)};
    return state;
}

static void scan_begin(Scan *s) {
    const ScanProcess *p = s->program;
    s->width = p->n_reads + p->n_declared;
    s->slots = ARENA_ARRAY(s->run->arena, Value, (size_t)(p->n_steps + 1) * s->width + 1);
    s->nothing = ARENA_ARRAY(s->run->arena, Value, s->width + 1);
    for (uint32_t i = 0; i < p->n_reads; i++) s->nothing[i] = value_null(p->read_types[i]);
    for (uint32_t i = 0; i < p->n_declared; i++) s->nothing[p->n_reads + i] = p->defaults[i];
    s->states = ARENA_ARRAY(s->run->arena, StepState, p->n_steps + 1);
    for (uint32_t k = 0; k < p->n_steps; k++) s->states[k] = state_new(s);
}

/* The row and a state as what expressions read. */
static void load_slots(Scan *s, size_t row, const StepState *state) {
    const ScanProcess *p = s->program;
    memcpy(s->slots, s->run->cells + row * p->n_reads, p->n_reads * sizeof(Value));
    memcpy(s->slots + p->n_reads, p->defaults, p->n_declared * sizeof(Value));
    for (uint32_t k = 0; k < p->n_steps; k++) {
        bool is_there = state->is_active && state->has_record[k];
        memcpy(s->slots + (size_t)(k + 1) * s->width,
               is_there ? state->records + (size_t)k * s->width : s->nothing,
               s->width * sizeof(Value));
    }
}

static Value eval(Scan *s, const Expr *e) {
    bool is_known = true;
    Value v = expr_eval(s->work, e, s->run->query, s->slots, &is_known);
    if (!is_known && !s->run->error.len) s->run->error = STR("an expression of a step failed");
    return v;
}

static bool holds(Scan *s, uint32_t k, size_t row, const StepState *state) {
    load_slots(s, row, state);
    Value v = eval(s, s->program->steps[k].condition);
    return !v.is_null && v.u.b;
}

/* ------------------------------------------------------------------- output */

static void emit_pending(Scan *s, StepState *state) {
    if (state->is_pending) s->run->emit(s->run->ctx, state->pending_row, state->pending);
    state->is_pending = false;
}

/* The row extended by the step's assignments: kept as the step's record, and shown. */
static void match(Scan *s, uint32_t k, size_t row) {
    const ScanProcess *p = s->program;
    StepState *state = &s->states[k];
    load_slots(s, row, state);
    Value *record = state->records + (size_t)k * s->width, *added = state->pending;
    for (uint32_t i = 0; i < p->n_declared; i++) {
        const Expr *set = p->steps[k].sets[i];
        Value v = set ? eval(s, set) : p->defaults[i];
        bool is_text = !v.is_null && (TYPE_BIT(v.type) & (TS_STRING | TS_GUID | TS_DYNAMIC));
        if (set && is_text) v.u.s = arena_str(s->run->arena, v.u.s);
        added[i] = v;
    }
    memcpy(record, s->run->cells + row * p->n_reads, p->n_reads * sizeof(Value));
    memcpy(record + p->n_reads, added, p->n_declared * sizeof(Value));
    state->has_record[k] = true;
    if (p->has_match_id) added[p->n_declared] = value_long(state->match_id);
    state->pending_row = row;
    state->is_pending = p->steps[k].output == SCAN_LAST;
    if (p->steps[k].output == SCAN_ALL) s->run->emit(s->run->ctx, row, added);
}

/* ------------------------------------------------------------------ matching */

/* The state of the step before becomes this step's. */
static void promote(Scan *s, uint32_t k) {
    StepState *from = &s->states[k - 1], *to = &s->states[k];
    emit_pending(s, to);
    emit_pending(s, from);
    memcpy(to->records, from->records, (size_t)k * s->width * sizeof(Value));
    memcpy(to->has_record, from->has_record, k * sizeof(bool));
    to->has_record[k] = false;
    to->is_active = true;
    to->match_id = from->match_id;
    from->is_active = false;
}

static void hold_against(Scan *s, uint32_t k, size_t row) {
    StepState *state = &s->states[k];
    if (k > 0 && s->states[k - 1].is_active && holds(s, k, row, &s->states[k - 1])) {
        promote(s, k);
        match(s, k, row);
        return;
    }
    if ((!state->is_active && k > 0) || !holds(s, k, row, state)) return;
    if (!state->is_active) {
        emit_pending(s, state);
        memset(state->has_record, 0, s->program->n_steps * sizeof(bool));
        state->is_active = true;
        state->match_id = s->next_match++;
    }
    match(s, k, row);
}

void scan_run(const Process *self, ProcessRun *run) {
    Scan s = {.program = (const ScanProcess *)(const void *)self, .run = run, .work = arena_new()};
    scan_begin(&s);
    for (size_t row = 0; row < run->n_rows && !run->error.len; row++) {
        for (uint32_t k = s.program->n_steps; k-- > 0;) hold_against(&s, k, row);
        arena_reset(s.work);
    }
    for (uint32_t k = 0; k < s.program->n_steps; k++) emit_pending(&s, &s.states[k]);
    arena_free(s.work);
}
