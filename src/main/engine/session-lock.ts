import { CountersignError } from '../base/index.ts';
import type { Feed } from '../jobs/index.ts';
import type { Operators } from '../operators/index.ts';
import type { SlotSecret, Vault } from '../vault/index.ts';

/**
 * The session lock: people at the windows are shut out until one of them proves a key slot, while
 * the vault stays open and intake, rotation and the command line go on. The vault lock, which ends
 * the hold on the vault, is another thing; it takes this one with it. Where operators are named, what
 * ends is their sessions at the windows, and signing in again is what lets one in.
 */
export interface SessionLock {
  readonly locked: boolean;
  /** Shuts the windows out. Does nothing where no vault is open. */
  lock(): void;
  /** Lets them in again. Errors: those of opening; `VAULT_CLOSED`. */
  unlock(secret: SlotSecret): Promise<void>;
  /** Another vault was opened, or the vault was locked. */
  reset(): void;
  /** Throws `NOT_SIGNED_IN` while the windows are shut out. */
  requireUnlocked(): void;
}

export function createSessionLock(options: {
  readonly feed: Feed;
  readonly vault: () => Vault | undefined;
  readonly operators: () => Pick<Operators, 'named' | 'lockWindows'> | undefined;
}): SessionLock {
  const { feed, vault, operators } = options;
  let locked = false;
  return {
    get locked() {
      return locked;
    },
    lock() {
      if (locked || vault() === undefined) return;
      const people = operators();
      if (people?.named()) people.lockWindows();
      else locked = true;
      // Whoever looks at a window forgets what it showed, as at a vault lock.
      feed.publish({ type: 'locked' });
    },
    async unlock(secret) {
      const open = vault();
      if (open === undefined) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
      await open.slots.prove(secret);
      // What was proved while the vault was exchanged for another proves nothing of that one.
      if (vault() !== open) throw new CountersignError('VAULT_CLOSED', 'The vault was closed meanwhile.');
      locked = false;
      feed.changed('vault');
    },
    reset() {
      locked = false;
    },
    requireUnlocked() {
      if (locked) throw new CountersignError('NOT_SIGNED_IN', 'The screen is locked. Unlock it first.');
    },
  };
}
