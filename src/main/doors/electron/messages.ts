/** The words between page, preload, shell and engine. There are no others. */
export const READY_MESSAGE = 'countersign:ready';
export const PORT_MESSAGE = 'countersign:port';
export const CONNECT_CHANNEL = 'countersign:connect';
/** The page says that its scan dialog is open, or is not any more; the shell answers that it heard. */
export const CAMERA_OPEN_MESSAGE = 'countersign:camera-open';
export const CAMERA_CLOSE_MESSAGE = 'countersign:camera-close';
export const CAMERA_HEARD_MESSAGE = 'countersign:camera-heard';
export const CAMERA_CHANNEL = 'countersign:camera';

/** What the shell says to the engine's process. `connect` and `spawned` carry one port. */
export type ShellMessage =
  | { readonly type: 'start'; readonly vault?: string; readonly demo: boolean }
  | { readonly type: 'connect' }
  | { readonly type: 'spawned'; readonly id: number }
  | { readonly type: 'ended'; readonly id: number; readonly code: number | null }
  | { readonly type: 'stop' };

/** What the engine's process says to the shell: something urgent, in words that name nobody. */
export interface EngineNotice {
  readonly type: 'notice';
  readonly severity: string;
  readonly title: string;
}

/** What the engine's process wants of the shell: a process of its own, or the end of one. */
export type EngineWish =
  | { readonly type: 'spawn'; readonly id: number; readonly entry: string }
  | { readonly type: 'kill'; readonly id: number };
