/** Where the rows of a table come from: pages fetched by cursor, or a list that is whole. */
import type { ProcedureUtils } from '@orpc/tanstack-query';
import { keepPreviousData, type UseQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** How many there are in all; null while that is not known. */
  readonly total: number | null;
  readonly state: 'loading' | 'error' | 'ready';
  readonly error: unknown;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** How many of the newest rows a text was looked for in, where that is not all of them. */
  readonly lookedThrough?: number | null;
  /** The rows are shown although the last refresh failed. */
  readonly staleSinceMs: number | null;
  /** Whether the list is whole, so that it can be sorted here. */
  readonly whole: boolean;
  loadMore(): void;
  retry(): void;
}

/** The first pages are small, so that they are there at once; whoever goes on wants to get far. */
const FIRST_PAGES = 3;
const FIRST_ROWS = 100;
const MORE_ROWS = 500;

/** How many rows the page after so many others has; it follows from its place, so that a refresh asks alike. */
export const pageRowsAfter = (pages: number) => (pages < FIRST_PAGES ? FIRST_ROWS : MORE_ROWS);

interface PageParam {
  readonly limit: number;
  readonly cursor?: string;
}

interface PageInput {
  limit?: number | undefined;
  cursor?: string | undefined;
}

interface PageOutput<Row> {
  rows: Row[];
  nextCursor: string | null;
  total?: number | null;
  lookedThrough?: number | null;
}

type NoContext = Record<never, never>;

/**
 * The rows of a procedure that answers in pages: `usePages(orpc.statements.list, { bankAccountId })`.
 * Rows shown stay while a changed filter is fetched.
 */
export function usePages<Input extends PageInput, Row, Output extends PageOutput<Row>>(
  procedure: ProcedureUtils<NoContext, Input, Output & PageOutput<Row>, Error>,
  input: Omit<Input, 'cursor' | 'limit'>,
  options: { readonly limit?: number; readonly enabled?: boolean } = {},
): Rows<Output['rows'][number]> {
  const query = useInfiniteQuery(
    procedure.infiniteOptions({
      input: (page: PageParam) => ({ ...input, ...page }) as unknown as Input,
      initialPageParam: { limit: options.limit ?? FIRST_ROWS } as PageParam,
      getNextPageParam: ({ nextCursor }: PageOutput<Row>, pages: readonly unknown[]) =>
        nextCursor === null ? undefined : { limit: pageRowsAfter(pages.length), cursor: nextCursor },
      placeholderData: keepPreviousData,
      enabled: options.enabled ?? true,
    }),
  );
  const rows = useMemo(
    () => query.data?.pages.flatMap((page): Output['rows'][number][] => page.rows) ?? [],
    [query.data],
  );
  return {
    rows,
    total: query.data?.pages[0]?.total ?? (query.data && !query.hasNextPage ? rows.length : null),
    state: query.data ? 'ready' : query.isError ? 'error' : 'loading',
    lookedThrough: query.data?.pages.at(-1)?.lookedThrough ?? null,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    staleSinceMs: query.data && query.isError ? query.dataUpdatedAt : null,
    whole: !query.hasNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    retry: () => void query.refetch(),
  };
}

/** The rows of a query that answers with the whole list. `select` must be stable or cheap. */
export function rowsOf<Data, Row>(
  query: UseQueryResult<Data, Error>,
  select: (data: Data) => readonly Row[],
): Rows<Row> {
  const rows = query.data === undefined ? NO_ROWS : select(query.data);
  return {
    rows,
    total: query.data === undefined ? null : rows.length,
    state: query.data !== undefined ? 'ready' : query.isError ? 'error' : 'loading',
    error: query.error,
    hasMore: false,
    isLoadingMore: false,
    staleSinceMs: query.data !== undefined && query.isError ? query.dataUpdatedAt : null,
    whole: true,
    loadMore: () => {},
    retry: () => void query.refetch(),
  };
}

const NO_ROWS: readonly never[] = [];

/** Rows that are at hand already. */
export function fixedRows<Row>(rows: readonly Row[]): Rows<Row> {
  return {
    rows,
    total: rows.length,
    state: 'ready',
    error: null,
    hasMore: false,
    isLoadingMore: false,
    staleSinceMs: null,
    whole: true,
    loadMore: () => {},
    retry: () => {},
  };
}
