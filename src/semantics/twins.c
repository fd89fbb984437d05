/*
 * twins.c: the same fact under two column names.
 *
 * Sentinel and Defender XDR document some tables apart: IdentityInfo has AccountSID in one and
 * OnPremSid in the other. A rule names one of them, an export holds the other.
 */
#include "semantics/twins.h"

typedef struct Twin {
    const char *table; /* NULL: every table */
    const char *one, *other;
} Twin;

static const Twin twins[] = {
    {NULL, "TimeGenerated", "Timestamp"},
    {"IdentityInfo", "AccountSID", "OnPremSid"},
    {"IdentityInfo", "AccountUPN", "AccountUpn"},
    {"IdentityInfo", "AccountCloudSID", "CloudSid"},
    {"IdentityInfo", "MailAddress", "EmailAddress"},
    {"IdentityInfo", "AdditionalMailAddresses", "OtherMailAddresses"},
    {"IdentityInfo", "AccountCreationTime", "CreatedDateTime"},
    {"IdentityInfo", "OnPremisesDistinguishedName", "DistinguishedName"},
    {"IdentityInfo", "StreetAddress", "Address"},
    {"IdentityInfo", "RiskState", "RiskStatus"},
    {"CloudAppEvents", "ISP", "Isp"},
    {"IdentityLogonEvents", "ISP", "Isp"},
    {"CampaignInfo", "CampaignSubtype", "CampaignSubType"},
    {"DisruptionAndResponseEvents", "IPAddress", "IpAddress"},
    {"DisruptionAndResponseEvents", "SourceIPAddress", "SourceIpAddress"},
    {"FileMaliciousContentInfo", "DocumentId", "DocumentID"},
    {"GraphApiAuditEvents", "IPAddress", "IpAddress"},
    {"GraphAPIAuditEvents", "IPAddress", "IpAddress"},
    {"MicrosoftGraphActivityLogs", "IPAddress", "IpAddress"},
    {"NetworkAccessTraffic", "DestinationFqdn", "DestinationFQDN"},
    {"AgentsInfo", "EntraAgentId", "EntraAgentID"},
    {"AgentsInfo", "EntraBlueprintId", "EntraBlueprintID"},
    {"AgentsInfo", "ObservabilityId", "ObservabilityID"},
};

Str twin_find(Str table, Str column) {
    for (size_t i = 0; i < COUNT_OF(twins); i++) {
        const Twin *t = &twins[i];
        if (t->table && !str_is(table, t->table)) continue;
        if (str_is(column, t->one)) return str_of(t->other);
        if (str_is(column, t->other)) return str_of(t->one);
    }
    return STR_EMPTY;
}
