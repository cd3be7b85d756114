/** The room's shell: views are kept, listed and removed by whoever they belong to, and by nobody else. */
import { type SavedView, VIEW_LIMITS, type ViewScreen } from '../../contract/views.ts';
import type { Recorder } from '../audit/index.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { createStore, type ViewRow } from './store.ts';

export interface Views {
  /** The caller's own views of a screen, by name. What was erased is left out. */
  list(screen: ViewScreen, caller: Caller): SavedView[];
  /** Keeps filters under a name, in the place of what it held before. Errors: `VIEW_TOO_MANY`. */
  save(
    view: { screen: ViewScreen; name: string; filters: Readonly<Record<string, string>> },
    caller: Caller,
  ): SavedView;
  /** Errors: `VIEW_UNKNOWN`, also where the view is another's. */
  remove(id: string, caller: Caller): void;
}

export interface ViewsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
}

const place = (id: bigint) =>
  ({ table: 'saved_view', column: 'content', applicationId: id.toString() }) as const;

/** Opens the room on a vault. */
export function createViews({ vault, sealing, audit }: ViewsOptions): Views {
  const store = createStore(vault.db);

  function opened({ id, sealedId }: ViewRow): SavedView[] {
    const text = unlessErased(() => sealing.openText({ id: sealedId, ...place(id) }));
    if (text === null) return [];
    const { name, filters } = JSON.parse(text) as Omit<SavedView, 'id'>;
    return [{ id: id.toString(), name, filters }];
  }

  /** What the record tells of a view are its number and screen: name and filters may name a party. */
  const recorded = (kind: string, { id, screen }: Pick<ViewRow, 'id' | 'screen'>, caller: Caller): bigint =>
    audit.record({
      kind,
      ...caller,
      subjects: [{ kind: 'saved-view', id: id.toString() }],
      detail: { screen },
    });

  function drop(row: ViewRow): void {
    store.remove(row.id);
    sealing.erase(row.sealedId);
  }

  return {
    list: (screen, { actor }) =>
      store
        .of(actor, screen)
        .flatMap(opened)
        .sort((a, b) => a.name.localeCompare(b.name)),
    save: ({ screen, name, filters }, caller) =>
      vault.transaction(() => {
        const rows = store.of(caller.actor, screen);
        const former = rows.find((row) => opened(row)[0]?.name === name);
        if (former === undefined && rows.length >= VIEW_LIMITS.views) {
          throw new CountersignError('VIEW_TOO_MANY', 'More views of one screen are not kept.', {
            path: 'name',
            expected: `at most ${VIEW_LIMITS.views} views`,
          });
        }
        const id = store.nextId();
        const plaintext = canonicalJson({ name, filters });
        const sealedId = sealing.seal({ purpose: 'customer_pii', ...place(id), plaintext });
        const row = { id, actor: caller.actor, screen, sealedId };
        store.insert(row, recorded('views.save', row, caller));
        if (former) drop(former);
        return { id: id.toString(), name, filters };
      }),
    remove(idText, caller) {
      const row = /^\d{1,18}$/.test(idText) ? store.get(BigInt(idText)) : undefined;
      if (row === undefined || row.actor !== caller.actor) {
        throw new CountersignError('VIEW_UNKNOWN', 'There is no such view.', { path: 'id' });
      }
      vault.transaction(() => {
        recorded('views.remove', row, caller);
        drop(row);
      });
    },
  };
}
