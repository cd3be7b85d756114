/**
 * A request holds no passphrase and no file, so an approved command of that kind is sent again by its maker.
 * What the request does hold is carried to the dialog that sent it, which opens filled in.
 */
import { useEffect, useSyncExternalStore } from 'react';

export interface Brought {
  readonly procedure: string;
  /** The input as it was asked for, without what no request may hold. */
  readonly input: Readonly<Record<string, unknown>>;
}

let brought: Brought | null = null;
const listeners = new Set<() => void>();

/** Carries a command to the screen that sends it; null takes it back. */
export function bringAgain(next: Brought | null): void {
  brought = next;
  for (const listener of listeners) listener();
}

/** The command that a request's canonical text names; null where that is no such text. */
export function commandIn(raw: string): Brought | null {
  try {
    const read: unknown = JSON.parse(raw);
    if (typeof read !== 'object' || read === null || !('procedure' in read) || !('input' in read))
      return null;
    const { procedure, input } = read;
    if (typeof procedure !== 'string' || typeof input !== 'object' || input === null) return null;
    return { procedure, input: { ...input } };
  } catch {
    return null;
  }
}

/** Opens the dialog of a command that was brought here, once, as soon as the screen is ready for it. */
export function useBrought(
  procedures: readonly string[],
  isReady: boolean,
  open: (command: Brought) => void,
): void {
  const waiting = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => brought,
  );
  useEffect(() => {
    if (!isReady || waiting === null || !procedures.includes(waiting.procedure)) return;
    bringAgain(null);
    open(waiting);
  });
}

/** Texts of a brought input: what is not there, or is no text, is empty. */
export function textOf(input: Brought['input'], name: string): string {
  const value = input[name];
  return typeof value === 'string' ? value : '';
}
