/** Where PKCS#11 libraries find their configuration: the only variables that may be set for them. */
export const LIBRARY_VARIABLES = [
  'SOFTHSM2_CONF',
  'ChrystokiConfigurationPath',
  'CLOUDHSM_PKCS11_CONFIG',
  'AZURE_KEYVAULT_PKCS11_CONF',
  'KMS_PKCS11_CONFIG',
  'YUBIHSM_PKCS11_CONF',
  'CS_PKCS11_R3_CFG',
  'NFAST_HOME',
] as const;

/** Sets them in this process, before the library is loaded. Any other name is left out. */
export function setEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const name of LIBRARY_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) process.env[name] = value;
  }
}
