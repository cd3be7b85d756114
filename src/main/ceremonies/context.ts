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
  /** Whether somebody holds the permission to lead ceremonies, and may sign in. */
  mayLead(operatorId: string): boolean;
  /** Signs with a person's key, whom their passphrase proves, and their second factor where it is asked for. */
  sign(
    operatorId: string,
    proof: { readonly passphrase: string; readonly code?: string | undefined; readonly needsCode: boolean },
    signed: { readonly purpose: string; readonly message: Uint8Array },
    traceId: string,
  ): Promise<Buffer>;
}

/** A key as its home knows it. */
interface HomeKey {
  readonly keyId: number;
  readonly label: string;
  readonly rehearsal: boolean;
}

/** Every token, or those that serve: a key is recovered because a token was lost. */
export type Reach = 'every' | 'serving';

/** Where a ceremony's key lives: the tokens. Each answers again what it did when it is asked again. */
export interface KeyHome {
  /** What the tokens are called, for the transcript. */
  describe(reach: Reach): Promise<string>;
  /** Puts the key in so that it never leaves again. */
  install(key: HomeKey, value: Buffer, reach: Reach): Promise<void>;
  /** Check value of the key that lies there: 8 bytes as hex; undefined where none does. */
  checkValue(keyId: number, reach: Reach): Promise<string | undefined>;
  /** Takes the key off every token; where it is on none, nothing is to be done. */
  remove(keyId: number): Promise<void>;
  /** How many keys of the console lie under it and would go with it. */
  lyingUnder(keyId: number): number;
  /**
   * Wraps under a key what the tokens keep sealed under another, or under no ceremony's. Nothing
   * counts before `write`, which is called in a transaction.
   */
  bringUnder(
    keyId: number,
    from: number | null,
    reach: Reach,
  ): Promise<{ readonly moved: number; write(): void }>;
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
