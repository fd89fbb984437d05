COPY (
  SELECT i AS n,
    TIMESTAMP '2026-01-01' + to_microseconds(i * 1733927) AS ts,
    ['C:\Windows\System32\', 'C:\Program Files\Acme\', 'C:\Users\ana\AppData\Local\Temp\', '"'][1 + h % 4]
      || ['cmd.exe', 'PowerShell.exe', 'rundll32.exe', 'svchost.exe', 'net.exe', 'chrome.exe', 'msedge.exe', 'Teams.exe'][1 + (h // 7) % 8]
      || [' /c whoami /all', ' -NoProfile -EncodedCommand SQBFAFgAIAAoAE4A', ' -k netsvcs -p -s Schedule', ' view /domain:', ' --type=renderer --lang=en-US'][1 + (h // 61) % 5]
      || ' ' || CAST(h % 100003 AS VARCHAR) AS cmd,
    ['Ana', 'bo', 'Cy.Lund', 'dee', 'Eve'][1 + h % 5] || CAST(h % 9973 AS VARCHAR) || '@' || ['corp.example', 'Partner.Example', 'sub.corp.example'][1 + (h // 11) % 3] AS upn,
    CASE WHEN h % 6 = 0 THEN '' ELSE ['50126', '0', '50053', '50158'][1 + (h // 13) % 4] END AS code,
    '{"Name":"' || ['Defender', 'Firewall', 'SmartScreen'][1 + h % 3] || '","Count":' || CAST(h % 1000 AS VARCHAR) || ',"User":{"Upn":"u' || CAST(h % 977 AS VARCHAR) || '@corp.example","Roles":["Reader","Admin"]},"Note":"a plain text of some length"}' AS fields,
    '["203.0.113.' || CAST(h % 250 AS VARCHAR) || '","198.51.100.7","a"]' AS list
  FROM (SELECT range AS i, (hash(range) % 1000000007)::BIGINT AS h FROM range({rows}))
) TO '{out}/Functions.parquet' (FORMAT parquet)
