SELECT DeviceName, InitiatingProcessFileName, InitiatingProcessCommandLine
FROM read_json('{data}/DeviceEvents.ndjson', format = 'newline_delimited',
               columns = {InitiatingProcessCommandLine: 'VARCHAR', DeviceName: 'VARCHAR',
                          InitiatingProcessFileName: 'VARCHAR'})
WHERE regexp_matches(InitiatingProcessCommandLine, '(?i)\s-enc(odedcommand)?\s+[a-z0-9+/=]{40,}')
