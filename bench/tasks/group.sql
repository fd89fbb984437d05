SELECT ActionType, strftime(Hour, '%Y-%m-%dT%H:%M:%S.0000000Z'), Events
FROM (SELECT ActionType, date_trunc('hour', "Timestamp") AS Hour, count(*) AS Events
      FROM read_json('{data}/DeviceEvents.ndjson', format = 'newline_delimited',
                     columns = {ActionType: 'VARCHAR', "Timestamp": 'TIMESTAMP'})
      GROUP BY ALL)
