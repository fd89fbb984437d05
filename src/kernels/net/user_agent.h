/*
 * user_agent.h: the rules that parse_user_agent goes by.
 *
 * A rule holds for a text in which its token stands, and with it what it needs and nothing of what
 * it lacks. Of a table's rules the first one that holds counts: what imitates others (nearly all
 * browsers say Mozilla, many say Chrome and Safari) stands before what it imitates.
 */
#ifndef QUARRY_KERNELS_USER_AGENT_H
#define QUARRY_KERNELS_USER_AGENT_H

#include "base/base.h"

typedef struct AgentRule {
    const char *token;   /* as written, case counts */
    const char *family;  /* the name in the answer */
    const char *version; /* what stands before the version; NULL: the token. "=8.1": this version */
    const char *needs;   /* NULL: nothing */
    const char *lacks;   /* NULL: nothing */
    bool is_robot;
} AgentRule;

extern const AgentRule agent_browsers[], agent_systems[];
extern const size_t agent_n_browsers, agent_n_systems;

/* How the model of an Android device begins, and whose it is. */
typedef struct AgentBrand {
    const char *prefix, *brand;
} AgentBrand;
extern const AgentBrand agent_brands[];
extern const size_t agent_n_brands;

#endif
