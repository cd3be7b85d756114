import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The words on the channels between page and shell, as the preload hears them. */
const channels = vi.hoisted(() => ({
  sent: [] as (string | [string, unknown])[],
  listeners: new Map<string, (event: { ports: unknown[] }) => void>(),
  imported: new Set<string>(),
}));

vi.mock('electron', () => {
  const parts = {
    ipcRenderer: {
      send: (channel: string, ...words: unknown[]) =>
        channels.sent.push(words.length === 0 ? channel : [channel, words[0]]),
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

/** Whether a person has just clicked or typed. */
const activation = { isActive: true };

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
  vi.stubGlobal('navigator', { userActivation: activation });
  activation.isActive = true;
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
    ['a camera wished for by another window', { source: {}, data: 'countersign:camera-open' }],
    ['a camera wished for by another origin', { origin: 'null', data: 'countersign:camera-open' }],
    ['an object', { data: { channel: 'countersign:ready' } }],
  ])('passes over %s', (_, event) => {
    say(event);
    expect(channels.sent).toEqual([]);
  });

  it('tells the shell that the scan dialog opened or closed, and the page that it was heard', () => {
    say({ data: 'countersign:camera-open' });
    say({ data: 'countersign:camera-close' });
    expect(channels.sent).toEqual([
      ['countersign:camera', true],
      ['countersign:camera', false],
    ]);
    channels.listeners.get('countersign:camera')!({ ports: [] });
    expect(page.posted).toEqual([['countersign:camera-heard', 'countersign://app']]);
  });

  it('passes over a scan dialog that no person opened', () => {
    activation.isActive = false;
    say({ data: 'countersign:camera-open' });
    expect(channels.sent).toEqual([]);
  });

  it('hands the port to its own origin, and listens on no other channel', () => {
    expect([...channels.listeners.keys()].sort()).toEqual(['countersign:camera', 'countersign:port']);
    channels.listeners.get('countersign:port')!({ ports: ['port'] });
    expect(page.posted).toEqual([['countersign:port', 'countersign://app', ['port']]]);
    channels.listeners.get('countersign:port')!({ ports: [] });
    expect(page.posted).toHaveLength(1);
  });
});
