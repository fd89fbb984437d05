SELECT ActionType, count(*) AS Events
FROM (
  SELECT ActionType,
    concat_ws(chr(10), TenantId, AccountDomain, AccountName, AccountSid, ActionType,
      AdditionalFields, AppGuardContainerId, DeviceId, DeviceName, FileName, FileOriginIP,
      FileOriginUrl, FolderPath, InitiatingProcessAccountDomain,
      InitiatingProcessAccountName, InitiatingProcessAccountObjectId,
      InitiatingProcessAccountSid, InitiatingProcessAccountUpn,
      InitiatingProcessCommandLine, InitiatingProcessFileName, InitiatingProcessFolderPath,
      InitiatingProcessMD5, InitiatingProcessParentFileName, InitiatingProcessSHA1,
      InitiatingProcessSHA256, LocalIP, MachineGroup, MD5, ProcessCommandLine,
      ProcessTokenElevation, RegistryKey, RegistryValueData, RegistryValueName,
      RemoteDeviceName, RemoteIP, RemoteUrl, SHA1, SHA256,
      InitiatingProcessVersionInfoCompanyName, InitiatingProcessVersionInfoFileDescription,
      InitiatingProcessVersionInfoInternalFileName,
      InitiatingProcessVersionInfoOriginalFileName, InitiatingProcessVersionInfoProductName,
      InitiatingProcessVersionInfoProductVersion, InitiatingProcessRemoteSessionDeviceName,
      InitiatingProcessRemoteSessionIP, ProcessRemoteSessionDeviceName,
      ProcessRemoteSessionIP, _IsBillable, SourceSystem, Type) AS Everything
  FROM read_json('{data}/DeviceEvents.ndjson', format = 'newline_delimited',
    columns = {TenantId: 'VARCHAR', AccountDomain: 'VARCHAR', AccountName: 'VARCHAR',
      AccountSid: 'VARCHAR', ActionType: 'VARCHAR', AdditionalFields: 'VARCHAR',
      AppGuardContainerId: 'VARCHAR', DeviceId: 'VARCHAR', DeviceName: 'VARCHAR', FileName:
      'VARCHAR', FileOriginIP: 'VARCHAR', FileOriginUrl: 'VARCHAR', FolderPath: 'VARCHAR',
      InitiatingProcessAccountDomain: 'VARCHAR', InitiatingProcessAccountName: 'VARCHAR',
      InitiatingProcessAccountObjectId: 'VARCHAR', InitiatingProcessAccountSid: 'VARCHAR',
      InitiatingProcessAccountUpn: 'VARCHAR', InitiatingProcessCommandLine: 'VARCHAR',
      InitiatingProcessFileName: 'VARCHAR', InitiatingProcessFolderPath: 'VARCHAR',
      InitiatingProcessMD5: 'VARCHAR', InitiatingProcessParentFileName: 'VARCHAR',
      InitiatingProcessSHA1: 'VARCHAR', InitiatingProcessSHA256: 'VARCHAR', LocalIP:
      'VARCHAR', MachineGroup: 'VARCHAR', MD5: 'VARCHAR', ProcessCommandLine: 'VARCHAR',
      ProcessTokenElevation: 'VARCHAR', RegistryKey: 'VARCHAR', RegistryValueData:
      'VARCHAR', RegistryValueName: 'VARCHAR', RemoteDeviceName: 'VARCHAR', RemoteIP:
      'VARCHAR', RemoteUrl: 'VARCHAR', SHA1: 'VARCHAR', SHA256: 'VARCHAR',
      InitiatingProcessVersionInfoCompanyName: 'VARCHAR',
      InitiatingProcessVersionInfoFileDescription: 'VARCHAR',
      InitiatingProcessVersionInfoInternalFileName: 'VARCHAR',
      InitiatingProcessVersionInfoOriginalFileName: 'VARCHAR',
      InitiatingProcessVersionInfoProductName: 'VARCHAR',
      InitiatingProcessVersionInfoProductVersion: 'VARCHAR',
      InitiatingProcessRemoteSessionDeviceName: 'VARCHAR', InitiatingProcessRemoteSessionIP:
      'VARCHAR', ProcessRemoteSessionDeviceName: 'VARCHAR', ProcessRemoteSessionIP:
      'VARCHAR', _IsBillable: 'VARCHAR', SourceSystem: 'VARCHAR', Type: 'VARCHAR'}))
WHERE Everything ILIKE '%evil%' AND regexp_matches(Everything, '(?i)(^|[^a-z0-9])evil($|[^a-z0-9])')
GROUP BY ActionType
