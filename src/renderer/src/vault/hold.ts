/** Keeps the gate closed behind a new vault until its recovery key has been checked. */
import { useSyncExternalStore } from 'react';

let held = false;
const listeners = new Set<() => void>();

const onLeave = (event: BeforeUnloadEvent) => event.preventDefault();

export function holdGate(next: boolean): void {
  held = next;
  if (held) window.addEventListener('beforeunload', onLeave);
  else window.removeEventListener('beforeunload', onLeave);
  for (const listener of listeners) listener();
}

export function useGateHeld(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}
