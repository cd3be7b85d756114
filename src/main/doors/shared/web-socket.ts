import type { RawData, WebSocket } from 'ws';
import type { Channel } from './serve.ts';

/** The close codes of our protocol (4000–4999 are an application's own, RFC 6455, section 7.4.2). */
export const CLOSE = { badFrame: 4400, notSignedIn: 4401, tooSlow: 4408 } as const;

/** A WebSocket as a channel of whole messages. Binary frames come as one Uint8Array. */
export function channelOf(webSocket: WebSocket): Channel {
  return {
    send: (frame) => webSocket.send(frame),
    onFrame: (listener) => {
      webSocket.on('message', (data, isBinary) => listener(isBinary ? bytesOf(data) : textOf(data)));
    },
    onClose: (listener) => {
      webSocket.on('close', listener);
    },
    close: () => webSocket.close(CLOSE.badFrame, 'not a frame of the protocol'),
  };
}

export function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

export function textOf(data: RawData): string {
  return Buffer.from(bytesOf(data)).toString('utf8');
}
