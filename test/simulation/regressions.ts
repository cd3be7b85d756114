/** Batches that once broke a law; each finding has its page in `docs/findings`. */
export const REGRESSIONS: readonly { readonly seeds: readonly number[]; readonly finding: string }[] = [];
