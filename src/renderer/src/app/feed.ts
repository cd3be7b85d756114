/**
 * The live feed: what the engine says while nobody asks. Work that moves goes to the status
 * bar, rooms whose data changed are fetched again, and a lock empties the window.
 */
import { useSyncExternalStore } from 'react';
import type { FeedEvent, Job } from '../../../contract/jobs.ts';
import { connectionState, onConnection } from './connection.ts';
import { client, queryClient, refetchRooms } from './data.ts';

const GATHER_MS = 150;
const PAUSE_MS = 1_000;

const jobs = new Map<string, Job>();
let running: readonly Job[] = [];
const listeners = new Set<() => void>();
const endListeners = new Set<(job: Job) => void>();
type Incident = Extract<FeedEvent, { type: 'incident' }>['incident'];
const incidentListeners = new Set<(incident: Incident) => void>();
const changedRooms = new Set<string>();
let gatherTimer: ReturnType<typeof setTimeout> | undefined;

function gather(rooms: readonly string[]): void {
  for (const room of rooms) changedRooms.add(room);
  // Whatever moves may move the figures of the dashboard and the counts of the navigation.
  changedRooms.add('dashboard');
  if (gatherTimer !== undefined) return;
  gatherTimer = setTimeout(() => {
    gatherTimer = undefined;
    const now = [...changedRooms];
    changedRooms.clear();
    refetchRooms(now);
  }, GATHER_MS);
}

function hear(job: Job): void {
  const known = jobs.get(job.id);
  if (job.state === 'running') jobs.set(job.id, job);
  else jobs.delete(job.id);
  running = [...jobs.values()].sort((a, b) => a.startedAtMs - b.startedAtMs);
  for (const listener of listeners) listener();
  if (job.state !== 'running' && known) for (const listener of endListeners) listener(job);
}

/** The room whose procedure a query's key names. */
function roomOf([path]: readonly unknown[]): unknown {
  return Array.isArray(path) ? path[0] : undefined;
}

/** Rooms that are shown outside an open vault, or before somebody has signed in. */
const OUTSIDE: ReadonlySet<unknown> = new Set(['vault', 'session']);

/** Forgets everything the window holds of the vault. */
export function forgetVault(): void {
  jobs.clear();
  running = [];
  for (const listener of listeners) listener();
  // What is known of vaults as such stays: the gate shows it. Everything within goes.
  queryClient.removeQueries({ predicate: ({ queryKey }) => !OUTSIDE.has(roomOf(queryKey)) });
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => OUTSIDE.has(roomOf(queryKey)) });
}

function take(event: FeedEvent): void {
  if (event.type === 'job') hear(event.job);
  else if (event.type === 'changed') gather(event.rooms);
  else if (event.type === 'incident') for (const listener of incidentListeners) listener(event.incident);
  else forgetVault();
}

async function listen(): Promise<void> {
  for await (const event of await client.jobs.watch()) take(event);
}

/** Listens for as long as the window lives; picks up again after the engine was gone. */
export function startFeed(): void {
  let listening = false;
  const begin = () => {
    if (listening || connectionState().kind !== 'ready') return;
    listening = true;
    // What happened while nobody listened is unknown: everything shown is asked for anew.
    void queryClient.invalidateQueries();
    listen()
      .catch(() => {})
      .finally(() => {
        listening = false;
        jobs.clear();
        running = [];
        for (const listener of listeners) listener();
        setTimeout(begin, PAUSE_MS);
      });
  };
  onConnection(begin);
  begin();
}

/** The work that runs now, the oldest first. */
export function useRunningJobs(): readonly Job[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => running,
  );
}

/** Tells of each incident that comes up or gets worse while it is listened for. */
export function onIncident(listener: (incident: Incident) => void): () => void {
  incidentListeners.add(listener);
  return () => incidentListeners.delete(listener);
}

/** Tells of each job that ends while it is listened for. */
export function onJobEnd(listener: (job: Job) => void): () => void {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}
