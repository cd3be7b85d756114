/** How the palette's own entries are found by what is typed. Pure. */

export interface PaletteEntry {
  readonly key: string;
  readonly title: string;
  readonly subtitle?: string;
  /** What kind of thing it is, in a word. */
  readonly group: string;
  /** Keys that do the same. */
  readonly combo?: string;
  /** Where it leads; commands run instead. */
  readonly to?: string;
  readonly run?: () => void;
}

/**
 * How well a title answers what was typed: each typed word must begin a word of the title, or
 * the letters must follow one another in it. Higher is better; null where it does not answer.
 */
export function fitness(title: string, typed: string): number | null {
  const query = fold(typed);
  if (query === '') return 0;
  const text = fold(title);
  const words = text.split(/[^\p{L}\p{N}]+/u);
  const parts = query.split(/\s+/);
  if (parts.every((part) => words.some((word) => word.startsWith(part)))) {
    return 2 + (text.startsWith(query) ? 1 : 0);
  }
  if (text.includes(query)) return 1.5;
  let at = 0;
  for (const char of query.replace(/\s/g, '')) {
    at = text.indexOf(char, at);
    if (at < 0) return null;
    at += 1;
  }
  return query.length >= 3 ? 0.5 : null;
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** The palette's own entries that answer, the best first. */
export function rank(entries: readonly PaletteEntry[], typed: string): PaletteEntry[] {
  return entries
    .map((entry, index) => ({ entry, index, score: fitness(entry.title, typed) }))
    .filter((one): one is { entry: PaletteEntry; index: number; score: number } => one.score !== null)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ entry }) => entry);
}
