import type { Audit } from '../audit/index.ts';
import { type Beat, CountersignError, isCountersignError, type RaiseIncident } from '../base/index.ts';
import type { Jobs } from '../jobs/index.ts';
import { rewrapSealingKeys } from '../sealing/index.ts';
import {
  failedAttempts as failedAttemptsAt,
  type MadeSlot,
  type RekeyChange,
  type RekeyResult,
  type Rewrap,
  rekeyVault,
  type SlotProof,
  type SlotRecorder,
  type Vault,
  type VaultSettings,
} from '../vault/index.ts';

/** Every room that keeps something under the vault's wrapping key says here how it is wrapped anew. */
export const rewraps: readonly Rewrap[] = [rewrapSealingKeys];

export interface RekeyRequest {
  readonly proof: SlotProof;
  readonly change: RekeyChange;
  readonly actor: string;
  readonly traceId: string;
}

/** What a rekey needs of the host, which alone knows the open vault. */
export interface RekeySurroundings {
  readonly jobs: Jobs;
  readonly settings: VaultSettings;
  readonly vault: Vault | undefined;
  /** Closes the rooms and the vault; from then on every other call is told to wait. */
  readonly leave: () => Promise<void>;
  readonly enter: (vault: Vault) => Promise<void>;
  /** The vault answers again, or could not be opened. */
  readonly settled: () => void;
}

/** What a call is told while the vault is being given new keys. */
export const rekeying = () =>
  new CountersignError('VAULT_REKEYING', 'The vault is being given new keys; it answers again in a moment.');

/** Who hears of the key slots. */
export interface SlotListeners {
  readonly audit: Audit;
  readonly heartbeat: { readonly beat: Beat };
  readonly incidents: { readonly raise: RaiseIncident };
}

/** So many wrong passphrases are no slip of the finger any more. */
const FAILURES_OF_AN_INCIDENT = 5;

/**
 * What is told of the slots when a vault opens: a change that is not in the log yet, and that
 * somebody tried to guess the passphrase.
 */
export function settleSlots(vault: Vault, rooms: SlotListeners): void {
  vault.slots.settle(slotRecorder(rooms));
  const { failedAttempts } = vault;
  if (failedAttempts < FAILURES_OF_AN_INCIDENT) return;
  rooms.incidents.raise({
    kind: 'slots.wrong-passphrases',
    dedupeKey: 'slots.wrong-passphrases',
    severity: 'high',
    title: `${failedAttempts} wrong passphrases were tried at this vault before it was opened.`,
    detail: { failedAttempts },
  });
}

/**
 * Runs work that takes a secret of the open vault. Wrong passphrases are counted at the brake; from
 * the fifth on each of them is told, since somebody sits at an open desk and guesses.
 */
export async function watchGuesses<T>(
  { vault, incidents }: { readonly vault: Vault } & Pick<SlotListeners, 'incidents'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failedAttempts = failedAttemptsAt(vault.directory);
    const isGuess = isCountersignError(error, 'VAULT_PASSPHRASE_WRONG');
    if (isGuess && vault.db.open && failedAttempts >= FAILURES_OF_AN_INCIDENT) {
      incidents.raise({
        kind: 'slots.wrong-passphrases',
        dedupeKey: 'slots.wrong-passphrases',
        severity: 'high',
        title: `${failedAttempts} wrong passphrases were tried at this vault while it was open.`,
        detail: { failedAttempts },
      });
    }
    throw error;
  }
}

/** Records a change of the key slots. The label stays out: it may be a name. */
export function slotRecorder({ audit, heartbeat }: Omit<SlotListeners, 'incidents'>): SlotRecorder {
  return ({ kind, actor, traceId, slotId, slotKind, newSlotId, newSlotKind, generation }) => {
    const ids = newSlotId === undefined ? [slotId] : [slotId, newSlotId];
    audit.record({
      kind: `vault.slot-${kind}`,
      actor,
      traceId,
      subjects: ids.map((id) => ({ kind: 'key-slot', id })),
      detail: { slotKind, generation, ...(newSlotKind === undefined ? {} : { newSlotKind }) },
    });
    const message = `A key slot was ${kind}.`;
    heartbeat.beat({ source: 'vault.slots', ok: true, message, facts: { slotKind, generation } });
  };
}

/**
 * Work that a person waits for. Everything else that runs takes up again by itself after the vault
 * was closed.
 */
const WAITED_FOR = /^(intake|reconciliation|system|compliance|backup)\./;

function requireQuiet(jobs: Jobs): void {
  const busy = jobs.list().find((job) => job.state === 'running' && WAITED_FOR.test(job.kind));
  if (busy === undefined) return;
  const message = 'Changing the keys would cut off work that is under way; wait for it or cancel it.';
  throw new CountersignError('VAULT_BUSY', message, { actual: busy.kind });
}

/**
 * Gives the open vault new keys: everything that can be refused is refused first, then the rooms
 * close, the vault is rekeyed as a job that can be watched, and the rooms open again. Throws what
 * refused it; the vault is then open as it was.
 */
export async function rekeyOpenVault(
  request: RekeyRequest,
  { jobs, settings, vault, leave, enter, settled }: RekeySurroundings,
): Promise<MadeSlot | null> {
  if (vault === undefined) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
  requireQuiet(jobs);
  const prepared = await vault.slots.prepareRekey(request);
  let result: RekeyResult;
  try {
    await leave();
    result = await jobs.run({ kind: 'vault.rekey', label: 'New keys for the vault' }, (job) =>
      rekeyVault({
        ...settings,
        prepared,
        step: (stage) => job.report({ stage }),
        share: (progress) => job.report({ progress }),
      }),
    );
    if (result.vault !== null) await enter(result.vault);
  } finally {
    prepared.rootKey.fill(0);
    settled();
  }
  if (result.outcome === 'failed') throw result.failure;
  return result.made;
}
