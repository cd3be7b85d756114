import { type Caller, CountersignError } from '../base/index.ts';
import { canonicalJson, type HybridSuite, hybridSignatures } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Audit } from './service.ts';
import { epochOf } from './signer.ts';
import {
  createWitnessStore,
  EPOCH_KIND,
  type EpochSignatureRow,
  epochSignatureId,
} from './store-witnesses.ts';

/** How many people sign that a restored log goes on from where it says. */
const NEEDED = 2;
const PURPOSE = 'audit-epoch';
const RESTORE_KIND = 'backup.restore';

/** What somebody signs with; the engine brings whoever is signed in. */
export type SignAs = (signed: { readonly purpose: string; readonly message: Uint8Array }) => {
  readonly operatorId: string;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
};

export interface EpochState {
  readonly epoch: number;
  /** Whether commands may run: there was no restore, or two people signed it. */
  readonly signed: boolean;
  readonly needed: number;
  /** Canonical JSON of what is signed; null where there was no restore. */
  readonly statement: string | null;
  readonly signatures: readonly { readonly operatorId: string; readonly record: bigint }[];
}

/** The epoch of the log: after a restore two people sign it before anything else is done. */
export interface Epoch {
  state(): EpochState;
  /** Throws `AUDIT_EPOCH_SIGNED` where that person, or everybody who must, has signed already. */
  sign(caller: Caller, signAs: SignAs): EpochState;
}

const SUITES: readonly HybridSuite[] = ['Ed25519+ML-DSA-44', 'Ed25519+ML-DSA-65', 'Ed25519+ML-DSA-87'];

/** The suite is told by the length of the key: each has its own. */
function verifies({ publicKey, signature, statement }: Omit<EpochSignatureRow, 'seq'>): boolean {
  const suite = SUITES.find((each) => hybridSignatures[each].sizes.publicKeyBytes === publicKey.length);
  if (suite === undefined || hybridSignatures[suite].sizes.signatureBytes !== signature.length) return false;
  const message = Buffer.from(statement, 'utf8');
  return hybridSignatures[suite].verifier(publicKey).verify({ purpose: PURPOSE, message, signature });
}

export function createEpoch(options: {
  readonly vault: Vault;
  readonly audit: Audit;
  /** Whether an operator is a person, who alone can sign; and the key that is theirs. */
  readonly isPerson: (operatorId: string) => boolean;
}): Epoch {
  const { vault, audit, isPerson } = options;
  const store = createWitnessStore(vault.db);
  /** Signatures are checked once: the rows only grow. */
  const checked = new Map<number, boolean>();

  /** What the restore's record says, as it is signed. */
  function statementOf(epoch: number): string {
    let cursor: string | undefined;
    do {
      const page = audit.list({ kind: RESTORE_KIND, limit: 50, ...(cursor === undefined ? {} : { cursor }) });
      for (const { seq } of page.rows) {
        const detail = audit.get(seq).detail;
        const told = detail === null ? {} : JSON.parse(detail);
        if (Number(told.epoch) !== epoch) continue;
        const from = { record: told.record, leaf: told.leaf };
        return canonicalJson({ vault: vault.vaultId, epoch, from, restoredFrom: told.source, record: seq });
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    // The detail was erased, or the record is of a program that told less: the epoch is signed all the same.
    return canonicalJson({ vault: vault.vaultId, epoch });
  }

  function valid(row: EpochSignatureRow): boolean {
    let answer = checked.get(row.seq);
    if (answer === undefined) {
      answer = verifies(row);
      checked.set(row.seq, answer);
    }
    return answer;
  }

  function state(): EpochState {
    const epoch = epochOf(vault);
    if (epoch === 0) return { epoch, signed: true, needed: 0, statement: null, signatures: [] };
    const rows = store.epochSignatures().filter((row) => row.epoch === epoch && valid(row));
    const people = new Set(rows.map(({ operatorId }) => operatorId));
    return {
      epoch,
      signed: people.size >= NEEDED,
      needed: NEEDED,
      statement: rows[0]?.statement ?? statementOf(epoch),
      signatures: rows.map(({ operatorId, seq }) => ({
        operatorId: String(operatorId),
        record: BigInt(seq),
      })),
    };
  }

  return {
    state,
    sign(caller, signAs) {
      const before = state();
      const already = (message: string) => new CountersignError('AUDIT_EPOCH_SIGNED', message);
      if (before.signed) throw already('The epoch of this log needs no more signature.');
      const statement = before.statement!;
      const signed = signAs({ purpose: PURPOSE, message: Buffer.from(statement, 'utf8') });
      const { operatorId, publicKey, signature } = signed;
      if (!isPerson(operatorId)) {
        throw new CountersignError('NOT_PERMITTED', 'An epoch is signed by people, not by programs.');
      }
      if (before.signatures.some((each) => each.operatorId === operatorId)) {
        throw already('You have signed this epoch; a second person must.');
      }
      const row = { epoch: before.epoch, operatorId: Number(operatorId), statement, publicKey, signature };
      vault.transaction(() => {
        const seq = audit.record({
          kind: EPOCH_KIND,
          ...caller,
          subjects: [{ kind: 'epoch-signature', id: epochSignatureId(row) }],
          detail: {
            statement,
            publicKey: publicKey.toString('base64'),
            signature: signature.toString('base64'),
          },
        });
        store.insertEpochSignature({ ...row, seq: Number(seq) });
      });
      return state();
    },
  };
}
