import { timingSafeEqual } from 'node:crypto';
import { CountersignError, idFromText } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import type { Connection } from './connection.ts';
import {
  checkHeaderMac,
  completeHeader,
  type KeySlot,
  readHeader,
  type SlotKind,
  type VaultHeader,
  writeHeader,
} from './header.ts';
import { vaultName } from './locator.ts';
import { proveSlot } from './proving.ts';
import { type DerivedKeys, deriveKeys, zeroiseKeys } from './root-keys.ts';
import type { VaultSettings } from './settings.ts';
import { type SlotRecorder, slotMemory } from './slot-notes.ts';
import {
  checkChange,
  checkQuorum,
  isRevocable,
  type RekeyChange,
  requireRoom,
  slotOf,
} from './slot-rules.ts';
import { type MadeSlot, makeSlot, type NewSlot, type OpenedSlot, type SlotSecret } from './slots.ts';
import { requireStrongPassphrase } from './strength.ts';
import type { Transactions } from './transaction.ts';

/** A slot as people see it: no secret, nothing that opens anything. */
export interface SlotInfo {
  readonly id: string;
  readonly kind: SlotKind;
  readonly label: string;
  readonly createdAtMs: number;
  readonly lastRehearsedAtMs: number | null;
  /** Of a quorum: how many shares are needed, and how many there are. */
  readonly quorum: { readonly threshold: number; readonly shares: number } | null;
  /** False where no slot that a person can open would remain without it. */
  readonly revocable: boolean;
}

/** Who is behind a change, for its record. */
export interface SlotCaller {
  readonly actor: string;
  readonly traceId: string;
}

/** The secret of a slot; a root key from outside stands for one in tests. */
export type SlotProof = SlotSecret | { readonly rootKey: Uint8Array };

/** A rekey that was checked and may begin as soon as the vault is closed. Holds the root key. */
export interface PreparedRekey {
  readonly directory: string;
  readonly vaultId: string;
  readonly generation: number;
  readonly change: RekeyChange;
  readonly caller: SlotCaller;
  readonly rootKey: Buffer;
}

/** What is done to the slots of an open vault. */
export interface VaultSlots {
  list(): SlotInfo[];
  /**
   * Proves that a secret opens a slot, without changing a key or the header; only the time is
   * noted. With `slotId` it must open that one. Errors: those of opening, `VAULT_SLOT_UNKNOWN`.
   */
  rehearse(
    options: { readonly secret: SlotSecret; readonly slotId?: string | undefined } & SlotCaller,
    record: SlotRecorder,
  ): Promise<SlotInfo>;
  /** Proves that a secret opens a slot of this vault; nothing is noted. Errors: those of opening. */
  prove(secret: SlotSecret): Promise<void>;
  /**
   * Adds a slot for the root key as it is. A slot that exists must be opened for it. Errors: those
   * of opening, `VAULT_PASSPHRASE_WEAK`, `VAULT_QUORUM_IMPOSSIBLE`, `VAULT_SLOTS_FULL`.
   */
  add(
    options: { readonly proof: SlotProof; readonly slot: NewSlot; readonly label?: string } & SlotCaller,
    record: SlotRecorder,
  ): Promise<{ readonly info: SlotInfo; readonly made: MadeSlot }>;
  /** Checks everything about a rekey that can be refused, before the vault is closed for it. */
  prepareRekey(
    options: { readonly proof: SlotProof; readonly change: RekeyChange } & SlotCaller,
  ): Promise<PreparedRekey>;
  /** Records a change that was made while no log was open: a rekey, or one that a crash interrupted. */
  settle(record: SlotRecorder): void;
}

export interface VaultSlotsParts {
  readonly db: Connection;
  readonly transactions: Transactions;
  readonly directory: string;
  readonly keys: DerivedKeys;
  readonly settings: VaultSettings;
  /** The header in place; changed by additions. */
  readonly header: () => VaultHeader;
  readonly onHeader: (header: VaultHeader) => void;
}

export function createVaultSlots(parts: VaultSlotsParts): VaultSlots {
  const { db, transactions, directory, keys, settings } = parts;
  const { runtime } = settings;
  const memory = slotMemory(db);

  const infoOf = (slot: KeySlot): SlotInfo => ({
    id: slot.id,
    kind: slot.kind,
    createdAtMs: slot.createdAtMs,
    ...memory.of(slot.id),
    quorum:
      slot.opening.kdf === 'shamir+hkdf-sha-256'
        ? { threshold: slot.opening.threshold, shares: slot.opening.shares }
        : null,
    revocable: isRevocable(parts.header().slots, slot.id),
  });

  /** The header on the disk, which must still be the one this vault wrote or was opened with. */
  function currentHeader(): VaultHeader {
    const header = readHeader(directory);
    checkHeaderMac(header, keys.headerMacKey);
    const known = parts.header().generation;
    if (header.generation === known) return header;
    throw new CountersignError(
      'VAULT_HEADER_ROLLED_BACK',
      'The header was exchanged while the vault was open.',
      {
        expected: `generation ${known}`,
        actual: `generation ${header.generation}`,
      },
    );
  }

  /** Opens a slot and makes sure that it leads to the root key of this vault as it is open. */
  async function prove(header: VaultHeader, proof: SlotProof): Promise<OpenedSlot | { rootKey: Buffer }> {
    const opened =
      'rootKey' in proof
        ? { rootKey: Buffer.from(proof.rootKey) }
        : await proveSlot(directory, header, proof, settings);
    const derived = deriveKeys(opened.rootKey, idFromText(header.vaultId)!);
    const isOurs = timingSafeEqual(derived.headerMacKey, keys.headerMacKey);
    zeroiseKeys(derived);
    if (isOurs) return opened;
    zeroise(opened.rootKey);
    throw new CountersignError('VAULT_HEADER_INVALID', 'The key slot opens, but leads to another root key.', {
      file: 'slots.json',
    });
  }

  async function checkNew(slot: NewSlot): Promise<void> {
    checkQuorum(slot);
    if (slot.kind === 'passphrase') await requireStrongPassphrase(slot.passphrase, [vaultName(directory)]);
  }

  function settle(record: SlotRecorder): void {
    transactions.transaction(() => {
      const header = parts.header();
      const change = memory.takeNoted(header);
      if (change === undefined) return;
      const { slotId, newSlotId = slotId, label } = change;
      // What takes a slot's place keeps its label, unless it was given another.
      if (change.kind === 'added' || change.kind === 'replaced') {
        memory.setLabel(newSlotId, label ?? memory.of(slotId).label);
      }
      memory.keepOnly(header.slots);
      record(change);
    });
  }

  return {
    list: () => parts.header().slots.map(infoOf),
    settle,
    async prove(secret) {
      const { rootKey } = await prove(currentHeader(), secret);
      zeroise(rootKey);
    },
    async rehearse({ secret, slotId, actor, traceId }, record) {
      const header = currentHeader();
      const slots = slotId === undefined ? header.slots : [slotOf(header.slots, slotId)];
      const opened = await prove({ ...header, slots }, secret);
      zeroise(opened.rootKey);
      if (!('slot' in opened)) throw new TypeError('rehearse: a slot expected');
      const { id, kind } = opened.slot;
      const { generation } = header;
      transactions.transaction(() => {
        memory.setRehearsed(id, runtime.nowMs());
        record({ kind: 'rehearsed', generation, slotId: id, slotKind: kind, actor, traceId });
      });
      return infoOf(opened.slot);
    },
    async add({ proof, slot, label, actor, traceId }, record) {
      const header = currentHeader();
      requireRoom(header.slots);
      await checkNew(slot);
      const { rootKey } = await prove(header, proof);
      const { vaultId } = header;
      const made = await makeSlot({ runtime, vaultId, rootKey, opener: settings.slotOpener }, slot);
      zeroise(rootKey);
      const generation = header.generation + 1;
      const { id: slotId, kind: slotKind } = made.slot;
      const change = {
        kind: 'added',
        generation,
        slotId,
        slotKind,
        label: label ?? '',
        actor,
        traceId,
      } as const;
      // Noted first: a crash between header and record does not keep the record from the log.
      transactions.transaction(() => memory.note(change));
      const slots = [...header.slots, made.slot];
      const next = completeHeader({ vaultId, generation, slots, previousRootKey: null }, keys.headerMacKey);
      writeHeader(directory, next);
      parts.onHeader(next);
      settle(record);
      return { info: infoOf(made.slot), made };
    },
    async prepareRekey({ proof, change, actor, traceId }) {
      const header = currentHeader();
      if ('replace' in change) await checkNew(change.by);
      // What cannot be allowed whoever asks is refused before a secret is looked at.
      checkChange(header.slots, change, null);
      const opened = await prove(header, proof);
      try {
        checkChange(header.slots, change, 'slot' in opened ? opened.slot.id : null);
      } catch (error) {
        zeroise(opened.rootKey);
        throw error;
      }
      const { vaultId, generation } = header;
      return { directory, vaultId, generation, change, caller: { actor, traceId }, rootKey: opened.rootKey };
    },
  };
}
