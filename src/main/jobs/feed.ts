import type { FeedEvent } from '../../contract/jobs.ts';

/** How many unread events a slow listener may pile up before the oldest `changed` ones are merged. */
const MAX_UNREAD = 256;

/** Tells the screens what moved. Publishing never waits for a listener. */
export interface Feed {
  publish(event: FeedEvent): void;
  /** Says that what these rooms show has changed. */
  changed(...rooms: string[]): void;
  /** Every event from now on, until `signal` aborts or the feed closes. */
  watch(signal?: AbortSignal): AsyncGenerator<FeedEvent, void, void>;
  close(): void;
}

interface Listener {
  unread: FeedEvent[];
  wake: (() => void) | undefined;
}

/** Creates a feed. A listener that does not keep up loses intermediate progress, never a change. */
export function createFeed(): Feed {
  const listeners = new Set<Listener>();
  let closed = false;
  const wakeAll = () => {
    for (const listener of listeners) listener.wake?.();
  };
  const publish = (event: FeedEvent) => {
    for (const listener of listeners) {
      listener.unread = enqueue(listener.unread, event);
      listener.wake?.();
    }
  };
  async function* watch(signal?: AbortSignal): AsyncGenerator<FeedEvent, void, void> {
    const listener: Listener = { unread: [], wake: undefined };
    listeners.add(listener);
    const onAbort = () => listener.wake?.();
    signal?.addEventListener('abort', onAbort);
    try {
      while (!closed && !signal?.aborted) {
        const next = listener.unread.shift();
        if (next) {
          yield next;
          continue;
        }
        await new Promise<void>((resolve) => {
          listener.wake = resolve;
        });
        listener.wake = undefined;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      listeners.delete(listener);
    }
  }
  return {
    publish,
    changed: (...rooms) => publish({ type: 'changed', rooms }),
    watch,
    close: () => {
      closed = true;
      wakeAll();
    },
  };
}

/** Adds an event: a later state of the same job replaces the earlier, and a full queue merges its changes. */
function enqueue(unread: FeedEvent[], event: FeedEvent): FeedEvent[] {
  if (event.type === 'job') {
    const at = unread.findIndex((other) => other.type === 'job' && other.job.id === event.job.id);
    if (at >= 0) return unread.toSpliced(at, 1, event);
  }
  if (event.type === 'changed' && unread.length >= MAX_UNREAD) {
    const rooms = new Set(event.rooms);
    for (const other of unread) if (other.type === 'changed') for (const room of other.rooms) rooms.add(room);
    return [...unread.filter((other) => other.type !== 'changed'), { type: 'changed', rooms: [...rooms] }];
  }
  return [...unread, event];
}
