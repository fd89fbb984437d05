SELECT DeviceName, ActionType, FileName
FROM read_parquet('{out}/DeviceEvents.parquet')
WHERE AdditionalFields ILIKE '%{needle}%'
  AND regexp_matches(AdditionalFields, '(?i)(^|[^a-z0-9]){needle}($|[^a-z0-9])')
