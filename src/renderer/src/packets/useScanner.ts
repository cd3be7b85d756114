import { type RefObject, useEffect, useRef, useState } from 'react';
import { closeCamera, openCamera } from './camera.ts';

export type ScannerState = 'starting' | 'looking' | 'refused' | 'no-camera' | 'broken';

/** Between two looks the page draws and hears; a look itself takes some tens of milliseconds. */
const REST_MS = 30;
/** Wider pictures are made smaller: a code that fills half of it has enough left. */
const MOST_WIDTH = 1280;

const stateOf = (error: unknown): ScannerState => {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'no-camera' : 'broken';
};

/**
 * Reads QR codes off the camera for as long as the component that calls it is there; then every track
 * is stopped. Each text that is read is handed on, the same one again and again while it is in sight.
 */
export function useScanner(
  video: RefObject<HTMLVideoElement | null>,
  onScanned: (text: string) => void,
): ScannerState {
  const [state, setState] = useState<ScannerState>('starting');
  const scanned = useRef(onScanned);
  scanned.current = onScanned;
  useEffect(() => {
    const closing = new AbortController();
    const { signal } = closing;
    let stream: MediaStream | null = null;
    const run = async () => {
      const [{ default: jsQR }, opened] = await Promise.all([import('jsqr'), openCamera(signal)]);
      stream = opened;
      const shown = video.current;
      if (shown === null) return;
      shown.srcObject = stream;
      await shown.play();
      setState('looking');
      const canvas = document.createElement('canvas');
      const picture = canvas.getContext('2d', { willReadFrequently: true });
      while (!signal.aborted && picture !== null) {
        const data = pictureOf(shown, canvas, picture);
        const code = data && jsQR(data.data, data.width, data.height, { inversionAttempts: 'dontInvert' });
        if (code) scanned.current(code.data);
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
    };
    run().catch((error: unknown) => {
      if (signal.aborted) return;
      closeCamera(stream);
      setState(stateOf(error));
    });
    return () => {
      closing.abort();
      closeCamera(stream);
    };
  }, [video]);
  return state;
}

function pictureOf(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  picture: CanvasRenderingContext2D,
): ImageData | null {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return null;
  const scale = Math.min(1, MOST_WIDTH / videoWidth);
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  picture.drawImage(video, 0, 0, canvas.width, canvas.height);
  return picture.getImageData(0, 0, canvas.width, canvas.height);
}
