import { describe, expect, it } from 'vitest';
import { startShell } from '../../src/main/doors/electron/shell.ts';
import { SECURITY_HEADERS } from '../../src/main/doors/shared/headers.ts';
import { FakeContents, FakeFrame, FakeSession, type StandIn, standIn } from './electron-stand-in.ts';

const FILES = new Map([
  ['/index.html', { body: Buffer.from('<!doctype html>page'), type: 'text/html', immutable: false }],
]);

async function started(): Promise<StandIn> {
  const fake = standIn();
  startShell(fake.electron, {
    argv: [],
    preloadPath: '/app/preload/index.cjs',
    enginePath: '/app/main/engine-process.js',
    readFiles: () => FILES,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return fake;
}

const ours = (fake: StandIn) => fake.windows[0]!.webContents;

function say(fake: StandIn, isOpen: unknown, from: { frame?: FakeFrame | null; sender?: FakeContents } = {}) {
  const sender = from.sender ?? ours(fake);
  const senderFrame = from.frame === undefined ? sender.mainFrame : from.frame;
  fake.ipcMain.emit('countersign:camera', { senderFrame, sender }, isOpen);
}

const ASKS = { isMainFrame: true, securityOrigin: 'countersign://app/', mediaTypes: ['video'] };
const LOOKS = { isMainFrame: true, securityOrigin: 'countersign://app/', mediaType: 'video' };

/** What the session answers to a wish, asked for and looked at. */
function granted(
  fake: StandIn,
  wish: Readonly<Record<string, unknown>> = {},
  by: { contents?: FakeContents | null; permission?: string; session?: FakeSession } = {},
): boolean[] {
  const { contents = ours(fake), permission = 'media', session = fake.defaultSession } = by;
  let asked: boolean | null = null;
  session.permissionRequest!(contents, permission, (yes) => (asked = yes), { ...ASKS, ...wish });
  const { mediaTypes, ...rest } = wish;
  const looked = session.permissionCheck!(contents, permission, 'countersign://app/', {
    ...LOOKS,
    ...(Array.isArray(mediaTypes) ? { mediaType: mediaTypes.at(-1) ?? 'unknown' } : {}),
    ...rest,
  });
  return [asked!, looked];
}

const YES = [true, true];
const NO = [false, false];

describe('the camera', () => {
  it('is lent while the scan dialog is open, and the page is told that it was heard', async () => {
    const fake = await started();
    expect(granted(fake)).toEqual(NO);
    say(fake, true);
    expect(ours(fake).mainFrame.posted).toMatchObject([{ channel: 'countersign:camera', message: null }]);
    expect(granted(fake)).toEqual(YES);
    expect(granted(fake, { securityOrigin: 'countersign://app' })).toEqual(YES);
    say(fake, false);
    expect(granted(fake)).toEqual(NO);
  });

  it('is lent again to a dialog that opens again, and is off after it too', async () => {
    const fake = await started();
    for (let i = 0; i < 3; i += 1) {
      say(fake, true);
      say(fake, true);
      expect(granted(fake)).toEqual(YES);
      ours(fake).emit('render-process-gone');
      expect(granted(fake)).toEqual(NO);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['the microphone', { mediaTypes: ['audio'] }],
    ['camera and microphone together', { mediaTypes: ['video', 'audio'] }],
    ['nothing that is named', { mediaTypes: [] }],
    ['a frame within the page', { isMainFrame: false }],
    ['a frame that does not say where it stands', { isMainFrame: undefined }],
    ['another origin', { securityOrigin: 'https://evil.example/' }],
    ['an origin that begins like ours', { securityOrigin: 'countersign://app.evil/' }],
    ['another host of our scheme', { securityOrigin: 'countersign://other/' }],
    ['no origin', { securityOrigin: undefined }],
    ['a page embedded by another', { embeddingOrigin: 'https://evil.example/' }],
  ])('is not lent to %s, though the dialog is open', async (_, wish) => {
    const fake = await started();
    say(fake, true);
    expect(granted(fake, wish)).toEqual(NO);
  });

  it.each([
    'display-capture',
    'geolocation',
    'notifications',
    'clipboard-read',
    'usb',
    'hid',
    'serial',
    'fullscreen',
    'speaker-selection',
  ])('does not bring %s with it', async (permission) => {
    const fake = await started();
    say(fake, true);
    expect(granted(fake, {}, { permission })).toEqual(NO);
  });

  it('is not lent to another window, to none, or in another session', async () => {
    const fake = await started();
    say(fake, true);
    expect(granted(fake, {}, { contents: new FakeContents() })).toEqual(NO);
    expect(granted(fake, {}, { contents: null })).toEqual(NO);
    const other = new FakeSession();
    fake.app.emit('session-created', other);
    expect(granted(fake, {}, { session: other })).toEqual(NO);
    // Nobody tells what is wished for.
    expect(fake.defaultSession.permissionCheck!(ours(fake), 'media')).toBe(false);
  });

  it.each<[string, (fake: StandIn) => { frame?: FakeFrame | null; sender?: FakeContents }]>([
    ['a frame that is gone', () => ({ frame: null })],
    [
      'a frame that was detached',
      (fake) => {
        const frame = ours(fake).mainFrame;
        frame.detached = true;
        return { frame };
      },
    ],
    [
      'another origin',
      (fake) => {
        const frame = ours(fake).mainFrame;
        frame.origin = 'https://evil.example';
        return { frame };
      },
    ],
    [
      'a frame within the page',
      (fake) => {
        const frame = new FakeFrame();
        frame.parent = ours(fake).mainFrame;
        return { frame };
      },
    ],
    ['a page that is no window of ours', () => ({ sender: new FakeContents() })],
  ])('is not switched on by %s', async (_, from) => {
    const fake = await started();
    say(fake, true, from(fake));
    expect(granted(fake)).toEqual(NO);
    expect(ours(fake).mainFrame.posted).toEqual([]);
  });

  it.each([1, 'true', {}, null, undefined])('is not switched on by the word %j', async (word) => {
    const fake = await started();
    say(fake, word);
    expect(granted(fake)).toEqual(NO);
  });

  it.each<[string, string, object | undefined]>([
    ['its page goes elsewhere', 'did-start-navigation', { isMainFrame: true, isSameDocument: false }],
    ['its page crashes', 'render-process-gone', undefined],
    ['its window is closed', 'destroyed', undefined],
  ])('is off when %s', async (_, event, details) => {
    const fake = await started();
    say(fake, true);
    ours(fake).emit(event, details);
    expect(granted(fake)).toEqual(NO);
  });

  it.each([
    ['the page moves within itself', { isMainFrame: true, isSameDocument: true }],
    ['a frame within it moves', { isMainFrame: false, isSameDocument: false }],
  ])('stays on when %s', async (_, details) => {
    const fake = await started();
    say(fake, true);
    ours(fake).emit('did-start-navigation', details);
    expect(granted(fake)).toEqual(YES);
  });

  it('is for our own page alone by the header of every door', () => {
    const policy = SECURITY_HEADERS['permissions-policy']!.split(', ');
    expect(policy).toContain('camera=(self)');
    expect(policy.filter((part) => !part.startsWith('camera='))).toEqual([
      'microphone=()',
      'geolocation=()',
      'usb=()',
      'serial=()',
      'hid=()',
      'payment=()',
    ]);
  });
});
