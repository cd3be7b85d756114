interface Page<T> {
  readonly rows: readonly T[];
  readonly nextCursor: string | null;
}

/** Every row of a paged list. */
export async function all<T>(
  ask: (cursor: { cursor?: string; limit: number }) => Promise<Page<T>>,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await ask({ limit: 500, ...(cursor === null ? {} : { cursor }) });
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}
