/*
 * survey.h: which of the data's files an import takes, and which of their records.
 *
 * A file is known by the digest of its bytes, so that the same export under another name is not
 * counted twice. Of a file of the same name that has grown, what is new is taken.
 */
#ifndef QUARRY_LAKE_SURVEY_H
#define QUARRY_LAKE_SURVEY_H

#include "sources/lake.h"
#include "sources/sources.h"

typedef struct SurveyedFile {
    LakeSource source; /* digest empty: a pipe, or of no table */
    bool is_taken, is_by_line;
    int64_t from; /* bytes of it that are in the lake already */
} SurveyedFile;

typedef struct Survey {
    SurveyedFile *files; /* in the order of the data */
    size_t n;
    uint32_t n_known; /* left out, since they were imported before or stand there twice */
} Survey;

/* Standard input, or a file that can be read once. */
bool survey_is_pipe(Str path);
/* `takes_again`: also files that the lake knows. Tells files that have grown and are not taken, and last lines
 * that are left, as they may be in the writing still; not so when `is_strict`. */
Survey survey_files(Arena *arena, const DataSet *data, const Lake *lake, bool takes_again,
                    bool is_strict, Diags *diags);

#endif
