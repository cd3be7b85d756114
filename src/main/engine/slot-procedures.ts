import { CountersignError } from '../base/index.ts';
import { type CallContext, callerOf, os } from '../base/procedures.ts';
import type { MadeSlot, RekeyChange, VaultSlots } from '../vault/index.ts';
import type { Console } from './console.ts';
import type { HostControl } from './control.ts';
import { slotRecorder, watchGuesses } from './slots.ts';

/** Binds `vault.slots`. Secrets go in and stay in; a new recovery key or shares come out this once. */
export function slotProcedures(host: HostControl) {
  const slotsOf = () => openConsole(host).vault.slots;
  return os.vault.slots.router({
    list: os.vault.slots.list.handler(() => ({ slots: slotsOf().list() })),
    add: os.vault.slots.add.handler(({ input, context }) =>
      host.inTurn(async () => {
        const rooms = openConsole(host);
        const { vault } = rooms;
        const { proof, slot, label } = input;
        const options = { proof, slot, ...(label === undefined ? {} : { label }), ...callerOf(context) };
        const { made } = await watchGuesses(rooms, () => vault.slots.add(options, slotRecorder(rooms)));
        host.feed.changed('vault', 'audit');
        return answerOf(vault.slots, made);
      }),
    ),
    replace: os.vault.slots.replace.handler(async ({ input, context }) => {
      const { proof, slotId, slot, label } = input;
      const change = { replace: slotId, by: slot, ...(label === undefined ? {} : { label }) };
      const made = await rekey(host, context, proof, change);
      if (made === null) throw new Error('a replaced slot has a successor');
      return answerOf(slotsOf(), made);
    }),
    revoke: os.vault.slots.revoke.handler(async ({ input, context }) => {
      await rekey(host, context, input.proof, { revoke: input.slotId });
      return { slots: slotsOf().list() };
    }),
    rehearse: os.vault.slots.rehearse.handler(({ input, context }) =>
      host.inTurn(async () => {
        const rooms = openConsole(host);
        const { vault } = rooms;
        const slot = await watchGuesses(rooms, () =>
          vault.slots.rehearse({ ...input, ...callerOf(context) }, slotRecorder(rooms)),
        );
        host.feed.changed('vault', 'audit');
        return { slot };
      }),
    ),
  });
}

function openConsole(host: HostControl): Console {
  const console = host.current();
  if (!console) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
  return console;
}

function rekey(
  host: HostControl,
  context: CallContext,
  proof: Parameters<HostControl['rekey']>[0]['proof'],
  change: RekeyChange,
): Promise<MadeSlot | null> {
  return watchGuesses(openConsole(host), () => host.rekey({ proof, change, ...callerOf(context) }));
}

function answerOf(slots: VaultSlots, made: MadeSlot) {
  const slot = slots.list().find(({ id }) => id === made.slot.id);
  if (slot === undefined) throw new Error('the slot that was made is in no list');
  return { slot, recoveryKey: made.recoveryKey, shares: [...made.shares] };
}
