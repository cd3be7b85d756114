import { t } from './messages.ts';

type Key = Parameters<typeof t>[0];

/** The sentences on what to do next: those of the kind, of what it begins with, or of any incident. */
export function nextSteps(kind: string): Key[] {
  const parts = kind.split('.');
  const candidates = [...parts.keys()].map((cut) => parts.slice(0, parts.length - cut).join('.'));
  for (const candidate of [...candidates, 'other']) {
    const found = [0, 1, 2].map((step) => `next.${candidate}.${step}`).filter((key) => t.has(key));
    if (found.length > 0) return found as Key[];
  }
  return [];
}
