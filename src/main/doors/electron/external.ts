import type { Shell } from 'electron';

/** Documentation that the Help menu leads to. Nothing else leaves the app for a browser. */
export const MESSAGE_CATALOGUE = 'https://www.iso20022.org/iso-20022-message-definitions';

const ALLOWED_ORIGINS: ReadonlySet<string> = new Set([new URL(MESSAGE_CATALOGUE).origin]);

/** Whether an address may be handed to the system's browser: parsed, https, and on the list. */
export function isAllowedExternal(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  return ALLOWED_ORIGINS.has(url.origin);
}

/** Opens an allowed address in the system's browser; does nothing with any other. */
export function openExternal(shell: Shell, address: string): void {
  if (isAllowedExternal(address)) void shell.openExternal(new URL(address).href);
}
