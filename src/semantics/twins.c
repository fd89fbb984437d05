/*
 * twins.c: the same fact under two column names, or as two types.
 *
 * Sentinel and Defender XDR document some tables apart: IdentityInfo has AccountSID in one and
 * OnPremSid in the other. A rule names one of them, an export holds the other. AdditionalFields of
 * DeviceEvents is dynamic in one and text in the other.
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

static const struct {
    const char *table, *column;
} bags_or_texts[] = {
    {"AlertEvidence", "AdditionalFields"},
    {"DeviceEvents", "AdditionalFields"},
    {"DeviceFileEvents", "AdditionalFields"},
    {"DeviceInfo", "AdditionalFields"},
    {"DeviceInfo", "LoggedOnUsers"},
    {"DeviceLogonEvents", "AdditionalFields"},
    {"DeviceNetworkEvents", "AdditionalFields"},
    {"DeviceNetworkInfo", "ConnectedNetworks"},
    {"DeviceNetworkInfo", "DefaultGateways"},
    {"DeviceNetworkInfo", "DnsAddresses"},
    {"DeviceNetworkInfo", "IPAddresses"},
    {"DeviceProcessEvents", "AdditionalFields"},
    {"DisruptionAndResponseEvents", "DataSources"},
    {"EmailEvents", "AdditionalFields"},
    {"FileMaliciousContentInfo", "ThreatTypes"},
    {"IdentityInfo", "Tags"},
    {"IdentityInfo", "UserAccountControl"},
};

bool is_bag_or_text(Str table, Str column) {
    for (size_t i = 0; i < COUNT_OF(bags_or_texts); i++)
        if (str_is(table, bags_or_texts[i].table) && str_is(column, bags_or_texts[i].column))
            return true;
    return false;
}
