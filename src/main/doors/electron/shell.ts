import type * as Electron from 'electron';
import type { BrowserWindow, IpcMainEvent, WebContents } from 'electron';
import type { RendererFile } from '../shared/renderer-files.ts';
import { debugSwitch, readShellArguments } from './arguments.ts';
import { CameraLeave } from './camera.ts';
import { hardenContents } from './contents.ts';
import { EngineLink } from './engine-link.ts';
import { MESSAGE_CATALOGUE, openExternal } from './external.ts';
import { menuTemplate } from './menu.ts';
import { CAMERA_CHANNEL, CONNECT_CHANNEL } from './messages.ts';
import { showNotice } from './notice.ts';
import { registerPageScheme, servePage } from './page-protocol.ts';
import { isOwnFrame } from './sender.ts';
import { hardenSession } from './session.ts';
import { createWindow } from './window.ts';

/** The `electron` module as the main process has it; handed in, so that tests can stand in for it. */
export type ElectronModule = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'Notification'
  | 'powerMonitor'
  | 'protocol'
  | 'session'
  | 'shell'
  | 'utilityProcess'
>;

export interface ShellOptions {
  readonly argv: readonly string[];
  readonly preloadPath: string;
  readonly enginePath: string;
  readonly readFiles: () => ReadonlyMap<string, RendererFile>;
}

/** A crashed engine is started again this often, then the page says that it is gone. */
const MAX_RESTARTS = 3;

/** The desktop app's thin shell: windows, menus, hardening, and the way to the engine. */
export function startShell(electron: ElectronModule, options: ShellOptions): void {
  const { app, protocol, session, shell } = electron;
  app.enableSandbox();
  registerPageScheme(protocol);
  const isDebugged = app.isPackaged && debugSwitch((name) => app.commandLine.hasSwitch(name)) !== undefined;
  if (isDebugged || !app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Only the session that shows our page ever lends the camera.
  const camera = new CameraLeave();
  app.on('session-created', (made) => hardenSession(made));
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, shell));
  void app.whenReady().then(() => {
    // The default session may exist before anybody listens for it.
    hardenSession(session.defaultSession, camera);
    servePage(session.defaultSession.protocol, options.readFiles());
    openDoor(electron, options, camera);
  });
}

function openDoor(electron: ElectronModule, options: ShellOptions, camera: CameraLeave): void {
  const { app, BrowserWindow, ipcMain, Menu, powerMonitor, shell } = electron;
  const { argv, enginePath, preloadPath } = options;
  const windows = new Set<BrowserWindow>();
  const contents = function* (): Generator<WebContents> {
    for (const window of windows) if (!window.isDestroyed()) yield window.webContents;
  };
  let restarts = 0;
  const engine = new EngineLink({
    utilityProcess: electron.utilityProcess,
    MessageChannelMain: electron.MessageChannelMain,
    enginePath,
    ...readShellArguments(argv),
    onCrash: () => {
      restarts += 1;
      if (restarts <= MAX_RESTARTS) reconnect();
    },
    onNotice: (notice) => showNotice(electron, notice, () => focusFirst(windows)),
  });
  const reconnect = () => {
    for (const page of contents()) engine.connect(page.mainFrame);
  };
  const open = () => {
    const window = createWindow(BrowserWindow, { preloadPath, isPackaged: app.isPackaged });
    windows.add(window);
    window.once('closed', () => windows.delete(window));
  };

  ipcMain.on(CONNECT_CHANNEL, (event: IpcMainEvent) => {
    if (isOwnFrame(event.senderFrame, event.sender, contents())) engine.connect(event.senderFrame);
  });
  ipcMain.on(CAMERA_CHANNEL, (event: IpcMainEvent, isOpen: unknown) => {
    if (!isOwnFrame(event.senderFrame, event.sender, contents())) return;
    camera.set(event.sender, isOpen === true);
    event.senderFrame.postMessage(CAMERA_CHANNEL, null);
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(
        { isPackaged: app.isPackaged, isMac: process.platform === 'darwin' },
        {
          lock: () => void engine.stop().then(reconnect),
          showMessageCatalogue: () => openExternal(shell, MESSAGE_CATALOGUE),
        },
      ),
    ),
  );
  // Whoever wakes the machine has to open the vault anew: the keys went with the process.
  powerMonitor.on('suspend', () => void engine.stop());
  powerMonitor.on('resume', reconnect);
  app.on('second-instance', () => focusFirst(windows));
  app.on('activate', () => {
    if (windows.size === 0) open();
  });
  app.on('window-all-closed', () => app.quit());
  app.on(
    'before-quit',
    quitAfter(electron, () => engine.stop()),
  );
  open();
}

function focusFirst(windows: ReadonlySet<BrowserWindow>): void {
  const [window] = windows;
  if (window === undefined) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Holds the end of the app until the engine has closed its vault, once. */
function quitAfter({ app }: ElectronModule, stop: () => Promise<void>) {
  let isStopped = false;
  return (event: Electron.Event) => {
    if (isStopped) return;
    event.preventDefault();
    void stop().finally(() => {
      isStopped = true;
      app.quit();
    });
  };
}
