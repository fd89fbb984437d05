WITH
alerts AS (
  SELECT DISTINCT AlertId
  FROM read_json('{data}/AlertInfo.ndjson', format = 'newline_delimited',
                 columns = {AlertId: 'VARCHAR', ServiceSource: 'VARCHAR'})
  WHERE lower(ServiceSource) = 'microsoft defender for office 365'
),
evidence AS (
  SELECT AlertId, EntityType, RemoteUrl, NetworkMessageId
  FROM read_json('{data}/AlertEvidence.ndjson', format = 'newline_delimited',
                 columns = {AlertId: 'VARCHAR', EntityType: 'VARCHAR', RemoteUrl: 'VARCHAR',
                            NetworkMessageId: 'VARCHAR'})
  WHERE EntityType IN ('Url', 'MailMessage')
),
links AS (
  SELECT DISTINCT u.RemoteUrl, m.NetworkMessageId
  FROM alerts
  JOIN (SELECT * FROM evidence WHERE EntityType = 'Url') u USING (AlertId)
  JOIN (SELECT * FROM evidence WHERE EntityType = 'MailMessage') m USING (AlertId)
),
mails AS (
  SELECT DISTINCT RemoteUrl, NetworkMessageId, RecipientEmailAddress, RecipientObjectId
  FROM links
  JOIN read_json('{data}/EmailEvents.ndjson', format = 'newline_delimited',
                 columns = {NetworkMessageId: 'VARCHAR', RecipientEmailAddress: 'VARCHAR',
                            RecipientObjectId: 'VARCHAR'}) USING (NetworkMessageId)
),
people AS (
  SELECT DISTINCT RemoteUrl, NetworkMessageId, RecipientEmailAddress, RecipientObjectId,
         AccountSID AS OnPremSid
  FROM mails
  JOIN read_json('{data}/IdentityInfo.ndjson', format = 'newline_delimited',
                 columns = {AccountObjectId: 'VARCHAR', AccountSID: 'VARCHAR'})
    ON RecipientObjectId = AccountObjectId
)
SELECT DISTINCT "Timestamp", p.RemoteUrl, NetworkMessageId, RecipientEmailAddress,
       RecipientObjectId, OnPremSid, d.RemoteUrl, DeviceName, DeviceId, InitiatingProcessFileName
FROM people p
JOIN read_json('{data}/DeviceEvents.ndjson', format = 'newline_delimited',
               columns = {"Timestamp": 'VARCHAR', ActionType: 'VARCHAR', RemoteUrl: 'VARCHAR',
                          InitiatingProcessAccountSid: 'VARCHAR', DeviceName: 'VARCHAR',
                          DeviceId: 'VARCHAR', InitiatingProcessFileName: 'VARCHAR'}) d
  ON OnPremSid = InitiatingProcessAccountSid AND p.RemoteUrl = d.RemoteUrl
WHERE ActionType = 'BrowserLaunchedToOpenUrl' AND d.RemoteUrl <> ''
ORDER BY "Timestamp" DESC
