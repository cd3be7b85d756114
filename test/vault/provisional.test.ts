import { describe, expect, it } from 'vitest';
import { withTestVault } from '../support/vault.ts';

const NORMAL = 1n;
const FULL = 2n;

describe('provisional work', () => {
  it('commits without waiting for the disk, and only it does', () =>
    withTestVault(({ vault }) => {
      const mode = () => vault.db.pragma('synchronous', { simple: true });
      expect(mode()).toBe(FULL);
      const seen: unknown[] = [];
      vault.provisional(() => {
        seen.push(mode());
        vault.onCommit(() => seen.push(mode()));
        vault.setMeta('provisional.test', 'one');
      });
      expect(seen).toEqual([NORMAL, FULL]);
      expect(mode()).toBe(FULL);
      expect(vault.meta('provisional.test')).toBe('one');
    }));

  it('rolls back as a whole, and what follows waits for the disk again', () =>
    withTestVault(({ vault }) => {
      expect(() =>
        vault.provisional(() => {
          vault.setMeta('provisional.test', 'one');
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(vault.meta('provisional.test')).toBeUndefined();
      expect(vault.db.pragma('synchronous', { simple: true })).toBe(FULL);
    }));

  it('inside a transaction is a part of it', () =>
    withTestVault(({ vault }) => {
      vault.transaction(() => {
        vault.provisional(() => vault.setMeta('provisional.test', 'one'));
        expect(vault.db.pragma('synchronous', { simple: true })).toBe(FULL);
      });
      expect(vault.meta('provisional.test')).toBe('one');
    }));
});
