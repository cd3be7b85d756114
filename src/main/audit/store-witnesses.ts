import { sha256 } from '../crypto/index.ts';
import type { Connection } from '../vault/index.ts';

/** A row of `audit_witness_key`. */
export interface WitnessKeyRow {
  readonly seq: number;
  readonly vaultId: string;
  readonly publicKey: Buffer;
}

/** A row of `audit_cosignature`. */
export interface CosignatureRow {
  readonly seq: number;
  readonly size: number;
  readonly vaultId: string;
  readonly publicKey: Buffer;
  readonly atMs: number;
  readonly lines: string;
}

/** A row of `audit_epoch_signature`. */
export interface EpochSignatureRow {
  readonly seq: number;
  readonly epoch: number;
  readonly operatorId: number;
  readonly statement: string;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
}

/** What a row is known by in the audit log: the hash over all that it holds but its record's number. */
export function rowId(kind: string, fields: readonly (string | number | Uint8Array)[]): string {
  const parts = [Buffer.from(`${kind}\n`)];
  for (const field of fields) {
    const bytes = Buffer.from(typeof field === 'number' ? String(field) : field);
    parts.push(Buffer.from(`${bytes.length}\n`), bytes);
  }
  return sha256(Buffer.concat(parts)).toString('hex');
}

type Unnumbered<T> = Omit<T, 'seq'>;

export const witnessKeyId = ({ vaultId, publicKey }: Unnumbered<WitnessKeyRow>) =>
  rowId('witness key', [vaultId, publicKey]);
export const cosignatureId = ({ size, vaultId, publicKey, atMs, lines }: Unnumbered<CosignatureRow>) =>
  rowId('cosignature', [size, vaultId, publicKey, atMs, lines]);
export const epochSignatureId = (row: Unnumbered<EpochSignatureRow>) =>
  rowId('epoch signature', [row.epoch, row.operatorId, row.statement, row.publicKey, row.signature]);

/** Witnesses, what they signed, and what people signed of an epoch. */
export function createWitnessStore(db: Connection) {
  const keys = db
    .prepare<[], WitnessKeyRow>(
      'SELECT seq, vault_id AS vaultId, public_key AS publicKey FROM audit_witness_key ORDER BY seq',
    )
    .safeIntegers(false);
  const COSIGNATURE = `SELECT seq, size, vault_id AS vaultId, public_key AS publicKey, at_ms AS atMs, lines
    FROM audit_cosignature`;
  const cosignatures = db.prepare<[], CosignatureRow>(`${COSIGNATURE} ORDER BY seq`).safeIntegers(false);
  const cosignaturesOf = db
    .prepare<[number], CosignatureRow>(`${COSIGNATURE} WHERE size = ? ORDER BY vault_id`)
    .safeIntegers(false);
  const newestOf = db
    .prepare<[string], CosignatureRow>(`${COSIGNATURE} WHERE vault_id = ? ORDER BY size DESC LIMIT 1`)
    .safeIntegers(false);
  const largestCosigned = db
    .prepare<[number], number | null>('SELECT max(size) FROM audit_cosignature WHERE size >= ?')
    .pluck()
    .safeIntegers(false);
  const epochSignatures = db
    .prepare<[], EpochSignatureRow>(
      `SELECT seq, epoch, operator_id AS operatorId, statement, public_key AS publicKey, signature
       FROM audit_epoch_signature ORDER BY seq`,
    )
    .safeIntegers(false);
  const insertKey = db.prepare(
    'INSERT INTO audit_witness_key (seq, vault_id, public_key) VALUES (@seq, @vaultId, @publicKey)',
  );
  const insertCosignature = db.prepare(
    `INSERT INTO audit_cosignature (seq, size, vault_id, public_key, at_ms, lines)
     VALUES (@seq, @size, @vaultId, @publicKey, @atMs, @lines)`,
  );
  const insertEpochSignature = db.prepare(
    `INSERT INTO audit_epoch_signature (seq, epoch, operator_id, statement, public_key, signature)
     VALUES (@seq, @epoch, @operatorId, @statement, @publicKey, @signature)`,
  );
  return {
    keys: () => keys.all(),
    cosignatures: () => cosignatures.all(),
    cosignaturesOf: (size: number) => cosignaturesOf.all(size),
    newestOf: (vaultId: string) => newestOf.get(vaultId),
    /** The largest head that somebody countersigned, of those over so many records or more. */
    largestCosigned: (fromSize: number) => largestCosigned.get(fromSize) ?? undefined,
    epochSignatures: () => epochSignatures.all(),
    insertKey: (row: WitnessKeyRow) => void insertKey.run(row),
    insertCosignature: (row: CosignatureRow) => void insertCosignature.run(row),
    insertEpochSignature: (row: EpochSignatureRow) => void insertEpochSignature.run(row),
  };
}

export type WitnessStore = ReturnType<typeof createWitnessStore>;

/** A row that a record tells of by its hash; verification holds both against each other. */
export interface ToldRow {
  readonly seq: number;
  /** Kind of the record, and of the subject that names the row. */
  readonly kind: string;
  readonly subject: string;
  readonly id: string;
}

export const ENROL_KIND = 'audit.enrol-witness';
export const COSIGNED_KIND = 'audit.cosigned';
export const EPOCH_KIND = 'audit.sign-epoch';

/** All rows of these tables, as verification asks for them. */
export const toldRows = (store: WitnessStore): ToldRow[] => [
  ...store
    .keys()
    .map((row) => ({ seq: row.seq, kind: ENROL_KIND, subject: 'witness-key', id: witnessKeyId(row) })),
  ...store
    .cosignatures()
    .map((row) => ({ seq: row.seq, kind: COSIGNED_KIND, subject: 'cosignature', id: cosignatureId(row) })),
  ...store.epochSignatures().map((row) => ({
    seq: row.seq,
    kind: EPOCH_KIND,
    subject: 'epoch-signature',
    id: epochSignatureId(row),
  })),
];
