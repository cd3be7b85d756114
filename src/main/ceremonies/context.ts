import type { Audit } from '../audit/index.ts';
import { CountersignError, type Runtime } from '../base/index.ts';
import type { TranscriptHeader, TranscriptSuite, UnsignedStep } from '../proof/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { HEADER_PLACE } from './sealed-columns.ts';
import type { CeremonyRow, KeyRow, Store } from './store.ts';

/** Somebody who may take part: an active person of the vault. */
export interface CeremonyPerson {
  readonly operatorId: string;
  readonly name: string;
  readonly suite: TranscriptSuite;
  readonly publicKey: Buffer;
}

export interface CeremonyPeople {
  /** Undefined for who is not there, not active, or a service account. */
  person(operatorId: string): CeremonyPerson | undefined;
  /** Signs with a person's key, whom their passphrase proves, and their second factor where it is asked for. */
  sign(
    operatorId: string,
    proof: { readonly passphrase: string; readonly code?: string | undefined; readonly needsCode: boolean },
    signed: { readonly purpose: string; readonly message: Uint8Array },
    traceId: string,
  ): Promise<Buffer>;
}

/** Where a ceremony's key lives: a token. Each answers again what it did when it is asked again. */
export interface KeyHome {
  /** What the token is called, for the transcript. */
  describe(): Promise<string>;
  /** Puts the key in so that it never leaves again. */
  install(
    key: { readonly keyId: number; readonly label: string; readonly rehearsal: boolean },
    value: Buffer,
  ): Promise<void>;
  /** Check value of the key that lies there: 8 bytes as hex; undefined where none does. */
  checkValue(keyId: number): Promise<string | undefined>;
  remove(keyId: number): Promise<void>;
  /** Wraps anew under one key what lies under another; answers how many keys that were. */
  rewrap(fromKeyId: number, toKeyId: number): Promise<number>;
}

export interface CeremoniesOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly people: CeremonyPeople;
  /** Undefined where no token is there. */
  readonly home: () => KeyHome | undefined;
  readonly onChanged?: () => void;
}

export interface CeremoniesContext extends CeremoniesOptions {
  readonly store: Store;
  /** Tells this run of the program from every other. */
  readonly runId: string;
}

export const refuse = (...given: ConstructorParameters<typeof CountersignError>): never => {
  throw new CountersignError(...given);
};

export function ceremonyOf({ store }: CeremoniesContext, id: string): CeremonyRow {
  const row = /^\d{1,9}$/.test(id) ? store.get(Number(id)) : undefined;
  return row ?? refuse('CEREMONY_UNKNOWN', 'There is no ceremony under that id.', { path: 'ceremonyId' });
}

export function keyOf({ store }: CeremoniesContext, id: string): KeyRow {
  const row = /^\d{1,9}$/.test(id) ? store.key(Number(id)) : undefined;
  return row ?? refuse('CEREMONY_KEY_UNKNOWN', 'There is no ceremony key under that id.', { path: 'keyId' });
}

/** The header of a ceremony's transcript, as it was begun. */
export function headerOf({ sealing }: CeremoniesContext, row: CeremonyRow): TranscriptHeader {
  const place = { ...HEADER_PLACE, applicationId: String(row.id) };
  return JSON.parse(sealing.openText({ id: row.headerSealedId, ...place })) as TranscriptHeader;
}

export const bodyOf = (text: string): UnsignedStep => JSON.parse(text) as UnsignedStep;
