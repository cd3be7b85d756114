import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeCamera, openCamera } from '../../src/renderer/src/packets/camera.ts';

interface Track {
  readonly kind: string;
  stopped: boolean;
}

let track: Track;
let wishes: MediaStreamConstraints[];
let posted: unknown[];
let listeners: ((event: { source: unknown; data: unknown }) => void)[];
/** Whether the shell answers, where there is one. */
let shell: 'none' | 'hears' | 'silent';

beforeEach(() => {
  track = { kind: 'video', stopped: false };
  [wishes, posted, listeners, shell] = [[], [], [], 'none'];
  const page = {
    get location() {
      const protocol = shell === 'none' ? 'http:' : 'countersign:';
      return { protocol, origin: `${protocol}//app` };
    },
    addEventListener: (_: string, listener: (typeof listeners)[number]) => void listeners.push(listener),
    removeEventListener: (_: string, listener: (typeof listeners)[number]) => {
      listeners = listeners.filter((each) => each !== listener);
    },
    postMessage(word: unknown) {
      posted.push(word);
      if (word !== 'countersign:camera-open' || shell !== 'hears') return;
      // Words of others are passed over.
      for (const source of [{}, page])
        for (const each of listeners) each({ source, data: 'countersign:other' });
      for (const each of listeners) each({ source: {}, data: 'countersign:camera-heard' });
      expect(wishes).toEqual([]);
      for (const each of listeners) each({ source: page, data: 'countersign:camera-heard' });
    },
  };
  vi.stubGlobal('window', page);
  vi.stubGlobal('navigator', {
    userAgent: 'test',
    mediaDevices: {
      getUserMedia: (wish: MediaStreamConstraints) => {
        wishes.push(wish);
        return Promise.resolve({ getTracks: () => [{ ...track, stop: () => (track.stopped = true) }] });
      },
    },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the camera of the page', () => {
  it('gives the picture and never the sound, until it is closed', async () => {
    const stream = await openCamera(new AbortController().signal);
    expect(wishes).toMatchObject([{ audio: false, video: {} }]);
    expect([track.stopped, posted]).toEqual([false, []]);
    closeCamera(stream);
    expect([track.stopped, posted]).toEqual([true, []]);
  });

  it('is stopped where the dialog closed before it came', async () => {
    const closing = new AbortController();
    const opening = openCamera(closing.signal);
    closing.abort();
    await expect(opening).rejects.toThrow();
    expect([wishes.length === 0 || track.stopped]).toEqual([true]);
  });

  it('is stopped where the dialog closed while it was starting', async () => {
    const closing = new AbortController();
    const { mediaDevices } = navigator;
    const given = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wish) => {
      closing.abort();
      return given(wish);
    };
    await expect(openCamera(closing.signal)).rejects.toThrow();
    expect(track.stopped).toBe(true);
  });

  it('is asked for in the desktop app when the shell has heard, and given back', async () => {
    shell = 'hears';
    closeCamera(await openCamera(new AbortController().signal));
    expect(posted).toEqual(['countersign:camera-open', 'countersign:camera-close']);
    expect([wishes.length, track.stopped, listeners]).toEqual([1, true, []]);
  });

  it('is not asked for where the shell is silent', async () => {
    vi.useFakeTimers();
    shell = 'silent';
    const refused = expect(openCamera(new AbortController().signal)).rejects.toMatchObject({
      name: 'NotAllowedError',
    });
    await vi.advanceTimersByTimeAsync(2_000);
    await refused;
    expect([wishes, listeners]).toEqual([[], []]);
  });
});
