/** The words between page, preload, shell and engine. There are no others. */
export const READY_MESSAGE = 'countersign:ready';
export const PORT_MESSAGE = 'countersign:port';
export const CONNECT_CHANNEL = 'countersign:connect';

/** What the shell says to the engine's process. A connect message carries one port. */
export type ShellMessage =
  | { readonly type: 'start'; readonly vault?: string; readonly demo: boolean }
  | { readonly type: 'connect' }
  | { readonly type: 'stop' };
