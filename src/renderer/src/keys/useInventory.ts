import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Key, KeyRotation } from '../../../contract/keys.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { type Rows, usePages } from '../kit/index.ts';
import { type Choice, choose, countShows, type Show } from './choosing.ts';

const MOST_A_PAGE = 500;
const WATCH_MS = 1_000;

/**
 * The whole inventory, page after page, so that every filter and every order is of all keys. Until
 * the last page has come, counts that need all keys are not known.
 */
export function useInventory(choice: Choice): {
  /** All keys that have come so far. */
  readonly keys: readonly Key[];
  /** Those of the choice. */
  readonly rows: Rows<Key>;
  readonly purposes: readonly string[];
  readonly counts: Partial<Readonly<Record<Show, number>>>;
} {
  const pages = usePages(orpc.keys.list, {}, { limit: MOST_A_PAGE });
  const { hasMore, isLoadingMore, loadMore } = pages;
  useEffect(() => {
    if (hasMore && !isLoadingMore) loadMore();
  });
  const keys = pages.rows;
  const { show, type, state, purpose, text } = choice;
  const chosen = useMemo(
    () => choose(keys, { show, type, state, purpose, text }),
    [keys, show, type, state, purpose, text],
  );
  const counts = useMemo(() => (hasMore || keys.length === 0 ? {} : countShows(keys)), [keys, hasMore]);
  const purposes = useMemo(() => [...new Set(keys.flatMap((key) => key.purpose ?? []))].sort(), [keys]);
  const rows: Rows<Key> = {
    ...pages,
    rows: chosen,
    total: pages.state === 'ready' ? chosen.length : null,
    // What is still on its way is fetched above, not by scrolling.
    hasMore: false,
  };
  return { keys, rows, purposes, counts };
}

const isOpen = ({ state }: KeyRotation): boolean => state === 'running' || state === 'paused';

/** Rotations, asked for every second while one runs; what ended is told to the whole room. */
export function useRotations() {
  const query = useQuery({
    ...orpc.keys.rotations.queryOptions(),
    refetchInterval: ({ state }) =>
      state.data?.some((rotation) => rotation.state === 'running') ? WATCH_MS : false,
  });
  const open = query.data?.filter(isOpen) ?? [];
  const openIds = open.map(({ id }) => id).join();
  const seen = useRef(openIds);
  useEffect(() => {
    const ended = seen.current.split(',').some((id) => id !== '' && !openIds.split(',').includes(id));
    seen.current = openIds;
    if (ended) refetchRooms(['keys']);
  }, [openIds]);
  return { query, open };
}
