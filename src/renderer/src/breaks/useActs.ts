/** What a person does to breaks. What is harmless is done at once and can be taken back for ten seconds. */
import type { BreakReason, BreakRow, BreakSettings } from '../../../contract/breaks.ts';
import { client, refetchRooms } from '../app/data.ts';
import { notify, notifyProblem } from '../kit/index.ts';
import { t } from './messages.ts';

const ROOMS = ['breaks', 'audit'];
export const MONEY_ROOMS = [...ROOMS, 'ledger', 'dashboard', 'approvals'];

type Target = Pick<BreakRow, 'id' | 'owner' | 'reason'>;

/** Runs an act; answers whether it was done, and says so or why not. */
export async function act(
  run: () => Promise<unknown>,
  text: string,
  options: { readonly undo?: () => Promise<unknown>; readonly rooms?: readonly string[] } = {},
): Promise<boolean> {
  const { undo, rooms = ROOMS } = options;
  let done = true;
  try {
    await run();
    const takeBack = () => void act(undo!, t('done.undone'));
    notify({ text, tone: 'success', ...(undo ? { undo: takeBack } : {}) });
  } catch (error) {
    done = false;
    notifyProblem(error);
  }
  refetchRooms(rooms);
  return done;
}

/** Puts every break back into the hand that it was in. */
const backToOwners = (targets: readonly Target[]) => () =>
  client.breaks.assign({ items: targets.map(({ id, owner }) => ({ id, owner })) });

export function assign(
  targets: readonly Target[],
  owner: string | null,
  settings: BreakSettings | undefined,
) {
  const name = settings?.people.find(({ actor }) => actor === owner)?.name ?? owner ?? '';
  const count = targets.length;
  const text = owner === null ? t('done.released', { count }) : t('done.assigned', { count, name });
  const items = targets.map(({ id }) => ({ id, owner }));
  return act(() => client.breaks.assign({ items }), text, { undo: backToOwners(targets) });
}

export function setReason(targets: readonly Target[], reason: BreakReason | null) {
  const items = targets.map(({ id }) => ({ id, reason }));
  const before = targets.map((target) => ({ id: target.id, reason: target.reason }));
  return act(() => client.breaks.setReason({ items }), t('done.reason', { count: targets.length }), {
    undo: () => client.breaks.setReason({ items: before }),
  });
}
