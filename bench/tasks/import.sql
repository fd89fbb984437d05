COPY (SELECT * FROM read_json('{data}/AlertEvidence.ndjson', format = 'newline_delimited'))
  TO '{out}/AlertEvidence.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM read_json('{data}/AlertInfo.ndjson', format = 'newline_delimited'))
  TO '{out}/AlertInfo.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM read_json('{data}/EmailEvents.ndjson', format = 'newline_delimited'))
  TO '{out}/EmailEvents.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM read_json('{data}/IdentityInfo.ndjson', format = 'newline_delimited'))
  TO '{out}/IdentityInfo.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM read_json('{data}/DeviceEvents.ndjson', format = 'newline_delimited'))
  TO '{out}/DeviceEvents.parquet' (FORMAT parquet, COMPRESSION zstd);
