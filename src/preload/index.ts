// The preload exposes nothing to the page. It hands on one word from the page and one port from
// the shell, both only within our own window and origin.
import { ipcRenderer } from 'electron';
import { CONNECT_CHANNEL, PORT_MESSAGE, READY_MESSAGE } from '../main/doors/electron/messages.ts';

window.addEventListener('message', (event) => {
  const isOwn = event.source === window && event.origin === window.location.origin;
  if (isOwn && event.data === READY_MESSAGE) ipcRenderer.send(CONNECT_CHANNEL);
});

ipcRenderer.on(PORT_MESSAGE, (event) => {
  const [port] = event.ports;
  if (port) window.postMessage(PORT_MESSAGE, window.location.origin, [port]);
});
