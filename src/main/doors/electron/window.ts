import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { PAGE_ORIGIN } from './page-address.ts';

export interface WindowOptions {
  readonly preloadPath: string;
  readonly isPackaged: boolean;
}

/** What every window of the app is made with; written out, so that no default of a later version decides. */
export function windowOptions({ preloadPath, isPackaged }: WindowOptions): BrowserWindowConstructorOptions {
  return {
    title: 'Countersign',
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !isPackaged,
    },
  };
}

/** The one place where a window is made. */
export function createWindow(Window: typeof BrowserWindow, options: WindowOptions): BrowserWindow {
  const window = new Window(windowOptions(options));
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${PAGE_ORIGIN}/`);
  return window;
}
