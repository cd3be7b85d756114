import type { RenderedLine } from '../../../contract/approvals.ts';
import type { SlotKind } from '../../../contract/vault.ts';
import type { Act } from '../../approvals/index.ts';
import type { SlotInfo, Vault } from '../../vault/index.ts';
import { line, rendered, told } from './lines.ts';

/** The input without what opens a slot, which the gate never sees. */
interface SlotInput {
  readonly slotId?: string;
  readonly label?: string | undefined;
  readonly slot?: { readonly kind: SlotKind; readonly threshold?: number; readonly shares?: number };
}

const KINDS: Readonly<Record<SlotKind, string>> = {
  passphrase: 'passphrase',
  'recovery-key': 'recovery key',
  'recovery-quorum': 'recovery quorum',
  token: 'token',
};

function newSlot({ slot, label }: SlotInput): string {
  if (slot === undefined) return 'none';
  const quorum = slot.threshold === undefined ? '' : `, ${slot.threshold} of ${slot.shares ?? '?'} shares`;
  return `${KINDS[slot.kind]}${quorum}${label === undefined || label === '' ? '' : `, “${label}”`}`;
}

const oldSlot = ({ kind, label }: SlotInfo): string => `${KINDS[kind]}${label === '' ? '' : `, “${label}”`}`;

/** The secrets that open a slot and that a new one has come with the run, never with the request. */
function slotAct(vault: Vault, title: string, leaves: boolean): Act {
  return {
    bringsAnew: true,
    facts: () => ({ amounts: [], count: 1 }),
    render(raw) {
      const input = raw as SlotInput;
      const slots = vault.slots.list();
      const old = slots.find(({ id }) => id === input.slotId);
      const lines: RenderedLine[] = [];
      if (leaves) {
        const made = input.slot === undefined ? 'revoked: it opens this vault no more' : newSlot(input);
        lines.push(line('Key slot', old === undefined ? (input.slotId ?? 'none') : oldSlot(old), made));
        lines.push(
          line('Keys of the vault', `generation ${vault.generation}`, `generation ${vault.generation + 1}`),
        );
      } else {
        lines.push(line('Key slot', null, newSlot(input)));
      }
      const after = slots.length + (leaves ? 0 : 1) - (leaves && input.slot === undefined ? 1 : 0);
      lines.push(line('Ways to open the vault', String(slots.length), String(after)));
      if (input.slot !== undefined) lines.push(told('Brought at the run', 'what opens the new slot'));
      let obstacle: string | null = null;
      if (leaves && old === undefined) obstacle = 'The vault has no key slot of that id.';
      else if (old?.revocable === false && input.slot === undefined) {
        obstacle = 'The last key slot that a person can open cannot be revoked.';
      }
      return rendered({ title, lines, sources: [{ label: 'Key slots', to: '/slots' }], obstacle });
    },
  };
}

/** What opens the vault. */
export const slotActs = ({ vault }: { readonly vault: Vault }): Readonly<Record<string, Act>> => ({
  'vault.slots.add': slotAct(vault, 'Add a key slot', false),
  'vault.slots.replace': slotAct(vault, 'Replace a key slot', true),
  'vault.slots.revoke': slotAct(vault, 'Revoke a key slot', true),
});
