/** Gathers records of one kind and one actor that follow one another, so that a run of them is one line. */
export interface RecordLike {
  readonly seq: bigint;
  readonly kind: string;
  readonly actor: string;
  readonly recordedAtMs: number;
}

export interface Run<Record extends RecordLike> {
  /** The latest of them. */
  readonly record: Record;
  readonly count: number;
}

/** Takes records newest first; answers at most `most` runs. */
export function gatherRuns<Record extends RecordLike>(
  records: readonly Record[],
  most: number,
): Run<Record>[] {
  const runs: { record: Record; count: number }[] = [];
  for (const record of records) {
    const last = runs.at(-1);
    if (last && last.record.kind === record.kind && last.record.actor === record.actor) last.count += 1;
    else if (runs.length === most) break;
    else runs.push({ record, count: 1 });
  }
  return runs;
}
