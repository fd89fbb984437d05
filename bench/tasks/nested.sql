SELECT DeviceName, count(*) AS Events
FROM read_json('{data}/DeviceEvents.ndjson{suffix}', format = 'newline_delimited',
               columns = {AdditionalFields: 'VARCHAR', DeviceName: 'VARCHAR'})
WHERE AdditionalFields ILIKE '%quarantine%'
  AND regexp_matches(AdditionalFields, '(?i)(^|[^a-z0-9])quarantine($|[^a-z0-9])')
GROUP BY DeviceName
ORDER BY Events DESC, DeviceName
LIMIT 10
