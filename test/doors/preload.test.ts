import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The words on the channels between page and shell, as the preload hears them. */
const channels = vi.hoisted(() => ({
  sent: [] as string[],
  listeners: new Map<string, (event: { ports: unknown[] }) => void>(),
  imported: new Set<string>(),
}));

vi.mock('electron', () => {
  const parts = {
    ipcRenderer: {
      send: (channel: string) => channels.sent.push(channel),
      on: (channel: string, listener: (event: { ports: unknown[] }) => void) =>
        channels.listeners.set(channel, listener),
    },
    contextBridge: {
      exposeInMainWorld: () => {
        throw new Error('the preload exposes nothing');
      },
    },
  };
  return parts;
});

const page = {
  location: { origin: 'countersign://app' },
  listeners: [] as ((event: { source: unknown; origin: string; data: unknown }) => void)[],
  posted: [] as unknown[][],
  addEventListener(_: string, listener: (event: { source: unknown; origin: string; data: unknown }) => void) {
    this.listeners.push(listener);
  },
  postMessage(...args: unknown[]) {
    this.posted.push(args);
  },
};

beforeEach(async () => {
  vi.stubGlobal('window', page);
  page.listeners = [];
  page.posted = [];
  channels.sent.length = 0;
  channels.listeners.clear();
  vi.resetModules();
  await import('../../src/preload/index.ts');
});
afterEach(() => vi.unstubAllGlobals());

const say = (event: { source?: unknown; origin?: string; data?: unknown }) => {
  for (const listener of page.listeners) {
    listener({ source: page, origin: 'countersign://app', data: 'countersign:ready', ...event });
  }
};

describe('the preload', () => {
  it('asks the shell for a port when its own page is ready', () => {
    say({});
    expect(channels.sent).toEqual(['countersign:connect']);
  });

  it.each([
    ['another window', { source: {} }],
    ['a frame of no origin', { origin: 'null' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another word', { data: 'countersign:connect' }],
    ['an object', { data: { channel: 'countersign:ready' } }],
  ])('passes over %s', (_, event) => {
    say(event);
    expect(channels.sent).toEqual([]);
  });

  it('hands the port to its own origin, and listens on that one channel', () => {
    expect([...channels.listeners.keys()]).toEqual(['countersign:port']);
    channels.listeners.get('countersign:port')!({ ports: ['port'] });
    expect(page.posted).toEqual([['countersign:port', 'countersign://app', ['port']]]);
    channels.listeners.get('countersign:port')!({ ports: [] });
    expect(page.posted).toHaveLength(1);
  });
});
