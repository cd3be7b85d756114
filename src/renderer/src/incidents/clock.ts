import { t } from './messages.ts';

/** `4:12`, `1:04:12`: what a clock shows that counts down. */
export function writeClockSpan(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = `${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

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
