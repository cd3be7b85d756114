import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Key, KeyRotation, KeyState, KeyType } from '../../../contract/keys.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { type Rows, usePages } from '../kit/index.ts';
import { countShows, type Show } from './choosing.ts';

/** A vault of some years fits on it, and is sorted by any column; larger ones come page by page. */
const FIRST_PAGE = 500;
const WATCH_MS = 1_000;

export interface Choice {
  readonly show: Show;
  readonly type: KeyType | undefined;
  readonly state: KeyState | undefined;
  readonly purpose: string | undefined;
  readonly text: string;
}

/** The keys of a choice, page by page, as the engine chooses them; the counts are of all keys. */
export function useInventory({ show, text, ...choice }: Choice): {
  readonly rows: Rows<Key>;
  readonly purposes: readonly string[];
  readonly counts: Partial<Readonly<Record<Show, number>>>;
} {
  const rows = usePages(
    orpc.keys.list,
    {
      ...choice,
      ...(text === '' ? {} : { text }),
      ...(show === 'active' ? { live: true } : {}),
      ...(show === 'due' ? { due: true } : {}),
      ...(show === 'findings' ? { findings: true } : {}),
    },
    { limit: FIRST_PAGE },
  );
  const whole = useQuery(orpc.keys.list.queryOptions({ input: { limit: 1 } }));
  const { refetch } = whole;
  const answer = rows.state === 'ready' ? rows.rows : null;
  // A first value of a quarter makes its key in passing, so the counts are asked for with every answer.
  useEffect(() => {
    if (answer !== null) void refetch({ cancelRefetch: false });
  }, [answer, refetch]);
  return {
    rows,
    purposes: whole.data?.purposes ?? [],
    counts: whole.data === undefined ? {} : countShows(whole.data),
  };
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
