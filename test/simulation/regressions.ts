/** Batches that once broke a law; each finding has its page in `docs/findings`. */
export const REGRESSIONS: readonly { readonly seeds: readonly number[]; readonly finding: string }[] = [
  { seeds: [9, 10, 11, 12], finding: 'headers of dropped statements stayed behind (0001)' },
];
