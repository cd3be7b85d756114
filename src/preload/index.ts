// The preload exposes nothing to the page. It hands on three words from the page, and one port and
// one word from the shell, all of them only within our own window and origin.
import { ipcRenderer } from 'electron';
import {
  CAMERA_CHANNEL,
  CAMERA_CLOSE_MESSAGE,
  CAMERA_HEARD_MESSAGE,
  CAMERA_OPEN_MESSAGE,
  CONNECT_CHANNEL,
  PORT_MESSAGE,
  READY_MESSAGE,
} from '../main/doors/electron/messages.ts';

window.addEventListener('message', (event) => {
  const isOwn = event.source === window && event.origin === window.location.origin;
  if (!isOwn) return;
  if (event.data === READY_MESSAGE) ipcRenderer.send(CONNECT_CHANNEL);
  // A scan dialog opens by a person's act, and by nothing else.
  if (event.data === CAMERA_OPEN_MESSAGE && navigator.userActivation.isActive) {
    ipcRenderer.send(CAMERA_CHANNEL, true);
  }
  if (event.data === CAMERA_CLOSE_MESSAGE) ipcRenderer.send(CAMERA_CHANNEL, false);
});

ipcRenderer.on(CAMERA_CHANNEL, () => {
  window.postMessage(CAMERA_HEARD_MESSAGE, window.location.origin);
});

ipcRenderer.on(PORT_MESSAGE, (event) => {
  const [port] = event.ports;
  if (port) window.postMessage(PORT_MESSAGE, window.location.origin, [port]);
});
