import { RPCHandler } from '@orpc/server/ws';
import type { EngineHost } from '../../engine/index.ts';
import { assertFrame } from './frames.ts';

export type Door = Parameters<EngineHost['contextFor']>[0];

/** A two-way channel of whole messages: a WebSocket or a MessagePort, whichever the door has. */
export interface Channel {
  send(frame: string | Uint8Array): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * Serves the contract over a channel until it closes. A frame that is not of the protocol ends
 * the channel: nobody who speaks it honestly sends one.
 */
export function serveChannel(host: EngineHost, door: Door, channel: Channel): void {
  const handler = new RPCHandler(host.router);
  const context = host.contextFor(door);
  let isOpen = true;
  channel.onClose(() => {
    isOpen = false;
    context.seat?.leave();
  });
  const socket = {
    send(frame: string | Uint8Array) {
      // An answer may come after the other side has gone; nobody is left to hear it.
      if (isOpen) channel.send(frame);
    },
    addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
      if (type === 'close') channel.onClose(() => listener({}));
      if (type !== 'message') return;
      channel.onFrame((frame) => {
        if (!isOpen) return;
        try {
          assertFrame(frame);
        } catch {
          isOpen = false;
          channel.close();
          return;
        }
        listener({ data: frame });
      });
    },
  };
  void handler.upgrade(socket as unknown as Parameters<typeof handler.upgrade>[0], {
    context,
  });
}
