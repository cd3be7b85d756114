import type { KeyLine } from './purposes.ts';

/**
 * The additional authenticated data of every ciphertext: what a value is bound to, so that it opens
 * nowhere else. One field a line; only the last may hold any text, so the form is unambiguous.
 */

const PLAIN_NAME = /^[A-Za-z0-9_.:-]{1,80}$/;

function plain(what: string, name: string): string {
  if (!PLAIN_NAME.test(name)) throw new TypeError(`sealing: ${what} must be a plain name`);
  return name;
}

/** All of a value's binding but the application id, which the caller appends. */
export function valueBindingPrefix(
  purpose: string,
  dekVersion: number,
  table: string,
  column: string,
): string {
  return `countersign value v1\n${purpose}\n${dekVersion}\n${plain('table', table)}\n${plain('column', column)}\n`;
}

export function dekBinding(vaultId: string, line: KeyLine, version: number, kekId: number): Buffer {
  const { purpose, retentionClass, quarter } = line;
  const name = plain('retention class', retentionClass);
  return Buffer.from(`countersign dek v1\n${vaultId}\n${purpose}\n${name}\n${quarter}\n${version}\n${kekId}`);
}

export function kekBinding(vaultId: string, kekId: number, publicKeyHash: string): Buffer {
  return Buffer.from(`countersign kek v1\n${vaultId}\n${kekId}\n${publicKeyHash}`);
}

export function indexKeyBinding(vaultId: string, column: string): Buffer {
  return Buffer.from(`countersign index key v1\n${vaultId}\n${plain('blind-index column', column)}`);
}
