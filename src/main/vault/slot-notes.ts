import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { KeySlot, VaultHeader } from './header.ts';

/**
 * What the vault remembers of its slots, in lines of `vault_meta`. The header is public, so labels,
 * which may name a person or a safe, lie in here, as do the times of rehearsals: to rehearse changes
 * no header.
 */

const changeSchema = z.object({
  kind: z.enum(['added', 'replaced', 'revoked', 'rehearsed']),
  /** Generation of the header with which the change counts. */
  generation: z.number().int().positive(),
  slotId: z.string(),
  slotKind: z.string(),
  /** Of a replaced slot: what took its place. */
  newSlotId: z.string().optional(),
  newSlotKind: z.string().optional(),
  label: z.string().optional(),
  actor: z.string(),
  traceId: z.string(),
});

/** A change of the slots, as it is recorded. */
export type SlotChange = z.infer<typeof changeSchema>;

/** Writes the record of a change. It runs in the transaction that settles it. */
export type SlotRecorder = (change: SlotChange) => void;

const CHANGE = 'slot_change';
const labelName = (id: string) => `slot.${id}.label`;
const rehearsedName = (id: string) => `slot.${id}.rehearsed_at_ms`;

/** What is noted of one slot. */
export interface SlotNotes {
  readonly label: string;
  readonly lastRehearsedAtMs: number | null;
}

export interface SlotMemory {
  of(id: string): SlotNotes;
  setLabel(id: string, label: string): void;
  setRehearsed(id: string, atMs: number): void;
  /**
   * Notes a change before its header is written, so that a crash in between does not keep it from
   * the log.
   */
  note(change: SlotChange): void;
  /** Takes the noted change back out, where there is one; answers it where the header shows that it happened. */
  takeNoted(header: Pick<VaultHeader, 'generation'>): SlotChange | undefined;
  /** Drops what is noted of slots that are gone. */
  keepOnly(slots: readonly KeySlot[]): void;
}

/** The memory of one connection; its writes run in the caller's transaction. */
export function slotMemory(db: Connection): SlotMemory {
  const get = db.prepare<[string], string>('SELECT value FROM vault_meta WHERE name = ?').pluck();
  const put = db.prepare(
    'INSERT INTO vault_meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM vault_meta WHERE name = ?');
  const names = db
    .prepare<[], string>("SELECT name FROM vault_meta WHERE name >= 'slot.' AND name < 'slot/'")
    .pluck();

  return {
    of(id) {
      const rehearsed = get.get(rehearsedName(id));
      return {
        label: get.get(labelName(id)) ?? '',
        lastRehearsedAtMs: rehearsed === undefined ? null : Number(rehearsed),
      };
    },
    setLabel(id, label) {
      if (label === '') remove.run(labelName(id));
      else put.run(labelName(id), label);
    },
    setRehearsed(id, atMs) {
      put.run(rehearsedName(id), String(atMs));
    },
    note(change) {
      put.run(CHANGE, JSON.stringify(change));
    },
    takeNoted({ generation }) {
      const text = get.get(CHANGE);
      if (text === undefined) return undefined;
      remove.run(CHANGE);
      const change = changeSchema.parse(JSON.parse(text));
      return change.generation <= generation ? change : undefined;
    },
    keepOnly(slots) {
      const known = new Set(slots.flatMap(({ id }) => [labelName(id), rehearsedName(id)]));
      for (const name of names.all()) if (!known.has(name)) remove.run(name);
    },
  };
}
