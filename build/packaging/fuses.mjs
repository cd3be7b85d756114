import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** Every fuse is named, so that one that a later Electron adds fails the build until it is decided. */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // WebAssembly's bounds checks by trap: faster, and no wider an attack surface.
  [FuseV1Options.WasmTrapHandlers]: true,
};

const PROGRAMS = {
  darwin: (name) => `${name}.app`,
  mas: (name) => `${name}.app`,
  win32: (name) => `${name}.exe`,
  linux: (_, executable) => executable,
};

/** electron-builder's `afterPack`: burns the fuses into the program that is about to be signed. */
export default async function afterPack({ appOutDir, electronPlatformName, packager }) {
  const programOf = PROGRAMS[electronPlatformName];
  if (programOf === undefined) throw new Error(`no fuses for ${electronPlatformName}`);
  const program = join(appOutDir, programOf(packager.appInfo.productFilename, packager.executableName));
  await flipFuses(program, { ...FUSES, resetAdHocDarwinSignature: electronPlatformName === 'darwin' });
}
