import type { HsmToken } from '../../../contract/hsm.ts';

/** Tokens whose circuit is open or stopped, and whether others serve meanwhile; null where none is down. */
export function downOf(
  tokens: readonly Pick<HsmToken, 'name' | 'circuit' | 'session'>[],
): { readonly names: readonly string[]; readonly isServed: boolean } | null {
  const down = tokens.filter(({ circuit }) => circuit === 'open' || circuit === 'stopped');
  if (down.length === 0) return null;
  return { names: down.map(({ name }) => name), isServed: tokens.some(({ session }) => session === 'open') };
}
