import type { MessagePortMain } from 'electron';
import type { Channel } from '../shared/serve.ts';

/** A port of Electron's as a channel of whole messages. */
export function channelOfPort(port: MessagePortMain): Channel {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => {
      port.on('message', ({ data }) => listener(data));
    },
    onClose: (listener) => {
      port.on('close', listener);
    },
    close: () => port.close(),
  };
}
