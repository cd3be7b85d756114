/** What the audit log is told of a ceremony, refusals included. */
import { type Caller, isCountersignError } from '../base/index.ts';
import type { ExceptionClass } from '../proof/index.ts';
import type { CeremoniesContext } from './context.ts';
import type { CeremonyRow } from './store.ts';

type Detail = Record<string, string | boolean>;

/** Which rule was not kept where a share is refused. */
const CLASS_OF: Readonly<Record<string, ExceptionClass>> = {
  CEREMONY_SHARE_MISTYPED: 'share-mistyped',
  CEREMONY_SHARE_FOREIGN: 'share-refused',
  CEREMONY_SHARE_DUPLICATE: 'share-refused',
  CEREMONY_SHARE_OTHER: 'share-refused',
  CEREMONY_SHARE_DAMAGED: 'share-refused',
};

export function createRecords(context: CeremoniesContext) {
  const { vault, audit, store, onChanged } = context;

  /** In a transaction. */
  function record(caller: Caller, kind: string, row: CeremonyRow | undefined, detail: Detail): void {
    const subjects =
      row === undefined
        ? []
        : [
            { kind: 'ceremony', id: String(row.id) },
            { kind: 'ceremony-key', id: String(row.keyId) },
          ];
    audit.record({ kind: `ceremonies.${kind}`, ...caller, subjects, detail });
    vault.onCommit(() => onChanged?.());
  }

  const rowOf = (id: string | undefined): CeremonyRow | undefined =>
    id !== undefined && /^\d{1,9}$/.test(id) ? store.get(Number(id)) : undefined;

  /** A refusal has changed nothing; that somebody tried is kept. Of a share at most the place of a word is told. */
  function noteRefusal(caller: Caller, error: unknown, id: string | undefined, detail: Detail): void {
    if (!isCountersignError(error) || !/^(CEREMONY|HSM)_/.test(error.code)) return;
    vault.transaction(() => {
      const row = rowOf(id);
      const name = CLASS_OF[error.code];
      if (row !== undefined && row.state === 'running' && name !== undefined) {
        enter(row, name, error.message);
      }
      record(caller, 'refused', row, { code: error.code, ...detail });
    });
  }

  /** Enters an exception by itself; the same twice in a row says no more than once. */
  function enter(row: CeremonyRow, name: ExceptionClass, reason: string): void {
    const waiting = store.waitingExceptions(row.id);
    if (waiting.some((one) => one.class === name && one.reason === reason)) return;
    store.addException(row.id, name, reason);
  }

  function audited<T>(caller: Caller, id: string | undefined, detail: Detail, work: () => T): T {
    const note = (error: unknown): never => {
      noteRefusal(caller, error, id, detail);
      throw error;
    };
    try {
      const answer = work();
      return answer instanceof Promise ? (answer.catch(note) as T) : answer;
    } catch (error) {
      return note(error);
    }
  }

  return { record, audited };
}
