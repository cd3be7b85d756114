import type { Key } from '../../contract/keys.ts';
import { os } from '../base/procedures.ts';
import { cbomOf } from './cbom.ts';
import type { HostControl } from './control.ts';
import { takeInventory } from './crypto-inventory.ts';

/** What the inventory asks of the room of keys. */
interface KeyLister {
  list(query: { readonly limit: number; readonly cursor?: string | undefined }): {
    readonly rows: readonly Key[];
    readonly nextCursor: string | null;
  };
}

/** The open vault's rooms; one that was opened without the room of keys has algorithms and no keys. */
type Rooms = { readonly vault: unknown; readonly keys?: KeyLister } | undefined;

const PAGE_KEYS = 500;

function allKeys(keys: KeyLister | undefined): Key[] {
  if (keys === undefined) return [];
  const all: Key[] = [];
  let cursor: string | null = null;
  do {
    const page: ReturnType<KeyLister['list']> = keys.list({
      limit: PAGE_KEYS,
      ...(cursor === null ? {} : { cursor }),
    });
    all.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

/** Binds the contract's `inventory` to the keys of the vault that is open. */
export const inventoryProcedures = (host: HostControl, rooms: () => Rooms) => {
  const take = (keys: readonly Key[]) =>
    takeInventory({ takenAtMs: host.runtime.nowMs(), version: host.options.version, keys });
  return os.inventory.router({
    get: os.inventory.get.handler(() => take(allKeys(rooms()?.keys))),
    cbom: os.inventory.cbom.handler(() => {
      const keys = allKeys(rooms()?.keys);
      return cbomOf(take(keys), keys);
    }),
  });
};
