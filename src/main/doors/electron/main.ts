// The only file of the main process that imports Electron: everything else is handed its parts.
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  powerMonitor,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { readRendererFiles } from '../shared/renderer-files.ts';
import { startShell } from './shell.ts';

/** Places in the bundle: this file is `out/main/electron.js`. */
const place = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

startShell(
  {
    app,
    BrowserWindow,
    ipcMain,
    Menu,
    MessageChannelMain,
    Notification,
    powerMonitor,
    protocol,
    session,
    shell,
    utilityProcess,
  },
  {
    argv: process.argv.slice(1),
    preloadPath: place('../preload/index.cjs'),
    enginePath: place('./engine-process.js'),
    readFiles: () => readRendererFiles(place('../renderer')),
  },
);
