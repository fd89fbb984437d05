/*
 * tactics.c: the names under which rules file ATT&CK tactics, to the one name used here. Blanks,
 * case, '-' and '_' do not matter; the numbers of attack.mitre.org are taken too.
 *
 * Source: ATT&CK for Enterprise and for ICS; the two of ICS that Sentinel has are listed last.
 */
#include "hunt/rule.h"

static const struct {
    const char *name, *number;
} tactics[] = {
    {"Reconnaissance", "TA0043"},
    {"ResourceDevelopment", "TA0042"},
    {"InitialAccess", "TA0001"},
    {"Execution", "TA0002"},
    {"Persistence", "TA0003"},
    {"PrivilegeEscalation", "TA0004"},
    {"DefenseEvasion", "TA0005"},
    {"CredentialAccess", "TA0006"},
    {"Discovery", "TA0007"},
    {"LateralMovement", "TA0008"},
    {"Collection", "TA0009"},
    {"CommandAndControl", "TA0011"},
    {"Exfiltration", "TA0010"},
    {"Impact", "TA0040"},
    {"PreAttack", ""},
    {"ImpairProcessControl", "TA0106"},
    {"InhibitResponseFunction", "TA0107"},
};

/* Other spellings of one tactic, without blanks. */
static const struct {
    const char *spelling, *name;
} aliases[] = {
    {"DefenceEvasion", "DefenseEvasion"},
    {"CommandControl", "CommandAndControl"},
    {"Command&Control", "CommandAndControl"},
    {"C2", "CommandAndControl"},
    {"Recon", "Reconnaissance"},
};

bool tactic_normalise(Str text, Str *ret) {
    char bare[64];
    size_t n = 0;
    *ret = text;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '_' || c == '-' || c == '\t') continue;
        if (n == sizeof bare) return false;
        bare[n++] = c;
    }
    Str key = {bare, n};
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if (str_eq_nocase(key, str_of(aliases[i].spelling))) key = str_of(aliases[i].name);
    if (!key.len) return false;
    for (size_t i = 0; i < COUNT_OF(tactics); i++) {
        if (!str_eq_nocase(key, str_of(tactics[i].name)) &&
            !str_eq_nocase(key, str_of(tactics[i].number)))
            continue;
        *ret = str_of(tactics[i].name);
        return true;
    }
    return false;
}
