import type { RaiseIncident, Runtime } from '../base/index.ts';
import type { LogKeys } from '../proof/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Audit } from './service.ts';

const ED25519_BYTES = 32;

/** Signs heads of the log; the keys room brings it. */
export interface LogSigner {
  /** Every key of the log, the oldest first: Ed25519's public half, then ML-DSA-44's. */
  logKeys(): readonly { readonly keyId: string; readonly state: string; readonly publicKey: Buffer }[];
  /** Throws `KEY_NOT_USABLE`. */
  signHead(messages: { readonly ed25519: Uint8Array; readonly mlDsa44: Uint8Array }): {
    readonly ed25519: Buffer;
    readonly mlDsa44: Buffer;
  };
}

export interface TransparencyOptions {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly signer: LogSigner;
  readonly raiseIncident?: RaiseIncident;
}

/** The halves of a stored public key. */
export const halvesOf = (publicKey: Uint8Array): LogKeys => ({
  ed25519: publicKey.subarray(0, ED25519_BYTES),
  mlDsa44: publicKey.subarray(ED25519_BYTES),
});

/** How often the log was restored from a backup: the epoch that its origin line names. */
export const epochOf = (vault: Vault): number => Number(vault.meta('audit.epoch') ?? '0');
