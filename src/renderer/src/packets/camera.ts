/**
 * The camera, for the scan dialog alone. Nothing else of the page asks for it: the desktop app's shell
 * lends it only while it has been told that the dialog is open, and the loopback door's header lends it
 * to no other origin.
 */
import { isDesktop } from '../app/connection.ts';

const HEARD_WITHIN_MS = 2_000;

/** Tells the desktop app's shell that the dialog is open; resolves when it has heard, or is not there. */
function tellShell(): Promise<void> {
  if (!isDesktop()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      window.removeEventListener('message', hear);
      reject(new DOMException('the shell lends no camera', 'NotAllowedError'));
    }, HEARD_WITHIN_MS);
    const hear = (event: MessageEvent) => {
      if (event.source !== window || event.data !== 'countersign:camera-heard') return;
      clearTimeout(timer);
      window.removeEventListener('message', hear);
      resolve();
    };
    window.addEventListener('message', hear);
    window.postMessage('countersign:camera-open', window.location.origin);
  });
}

/** Starts the camera: the picture alone, never the sound. Stopped by `closeCamera`, also where it comes too late. */
export async function openCamera(signal: AbortSignal): Promise<MediaStream> {
  await tellShell();
  signal.throwIfAborted();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  if (signal.aborted) closeCamera(stream);
  signal.throwIfAborted();
  return stream;
}

/** Stops every track, and tells the shell that the dialog is closed. */
export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  if (isDesktop()) window.postMessage('countersign:camera-close', window.location.origin);
}
