/** The socket by which the command line speaks to the app that holds a vault. */
export { findHolder, type SocketConnection } from './client.ts';
export { defaultRunFolder } from './place.ts';
export { type SocketServer, serveSocket } from './server.ts';
