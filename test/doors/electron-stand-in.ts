import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ElectronModule } from '../../src/main/doors/electron/shell.ts';

/** An event as Electron hands it out: what counts is whether it was prevented. */
export function fakeEvent() {
  return {
    prevented: false,
    preventDefault() {
      this.prevented = true;
    },
  };
}

/** A file on its way to the disk, as Electron asks about it; it remembers what dialog was asked for. */
export function fakeDownload({
  url = 'blob:countersign://app/5b0d0b6e',
  chain = ['blob:countersign://app/5b0d0b6e'],
  initiator = 'countersign://app',
  name = 'share-1-2.pdf',
  type = 'application/pdf',
  hasGesture = true,
  bytes = 20_000,
} = {}) {
  const asked: object[] = [];
  return {
    asked,
    getURL: () => url,
    getURLChain: () => chain,
    getInitiatorOrigin: () => initiator,
    getFilename: () => name,
    getMimeType: () => type,
    hasUserGesture: () => hasGesture,
    getTotalBytes: () => bytes,
    setSaveDialogOptions: (options: object) => void asked.push(options),
  };
}

type Listener = (details: Record<string, unknown>, answer: (result: Record<string, unknown>) => void) => void;

export class FakeSession extends EventEmitter {
  permissionRequest:
    | ((contents: unknown, permission: string, answer: (yes: boolean) => void, wish?: object) => void)
    | null = null;
  permissionCheck:
    | ((contents?: unknown, permission?: string, origin?: string, wish?: object) => boolean)
    | null = null;
  devicePermission: (() => boolean) | null = null;
  spellChecker = true;
  beforeRequest: Listener | null = null;
  headersReceived: Listener | null = null;
  handlers = new Map<string, (request: { method: string; url: string }) => Response>();
  readonly protocol = {
    handle: (scheme: string, handler: (request: { method: string; url: string }) => Response) => {
      this.handlers.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: Listener) => {
      this.beforeRequest = listener;
    },
    onHeadersReceived: (listener: Listener) => {
      this.headersReceived = listener;
    },
  };
  setPermissionRequestHandler(handler: FakeSession['permissionRequest']) {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: FakeSession['permissionCheck']) {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: () => boolean) {
    this.devicePermission = handler;
  }
  setSpellCheckerEnabled(isEnabled: boolean) {
    this.spellChecker = isEnabled;
  }
}

export class FakeFrame {
  detached = false;
  parent: FakeFrame | null = null;
  origin = 'countersign://app';
  readonly posted: { channel: string; message: unknown; ports: MessagePort[] }[] = [];
  postMessage(channel: string, message: unknown, ports: MessagePort[] = []) {
    this.posted.push({ channel, message, ports });
  }
}

export class FakeContents extends EventEmitter {
  readonly mainFrame = new FakeFrame();
  windowOpen: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: FakeContents['windowOpen']) {
    this.windowOpen = handler;
  }
}

export class FakeChild extends EventEmitter {
  readonly sent: { message: { type: string } & Record<string, unknown>; ports: MessagePort[] }[] = [];
  killed = false;
  postMessage(message: { type: string } & Record<string, unknown>, ports: MessagePort[] = []) {
    this.sent.push({ message, ports });
    if (message.type === 'stop') setImmediate(() => this.emit('exit', 0));
  }
  kill() {
    this.killed = true;
    this.emit('exit', 1);
    return true;
  }
}

interface MenuItem {
  readonly role?: string;
  readonly label?: string;
  readonly click?: () => void;
  readonly submenu?: readonly MenuItem[];
}

/** The `electron` module as far as the shell uses it. It does nothing and remembers everything. */
export function standIn({ isPackaged = true, isFirst = true, switches = [] as string[] } = {}) {
  const windows: FakeWindow[] = [];
  const children: FakeChild[] = [];
  const forks: { path: string; options: Record<string, unknown> }[] = [];
  const opened: string[] = [];
  const order: string[] = [];
  const schemes: { scheme: string; privileges: Record<string, boolean> }[] = [];
  let menu: readonly MenuItem[] = [];
  let quits = 0;
  const defaultSession = new FakeSession();

  class FakeWindow extends EventEmitter {
    readonly webContents = new FakeContents();
    readonly urls: string[] = [];
    isShown = false;
    isFocused = false;
    readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> };
    constructor(options: FakeWindow['options']) {
      super();
      this.options = options;
      windows.push(this);
      app.emit('web-contents-created', fakeEvent(), this.webContents);
    }
    loadURL(url: string) {
      this.urls.push(url);
      return Promise.resolve();
    }
    show() {
      this.isShown = true;
    }
    focus() {
      this.isFocused = true;
    }
    isMinimized() {
      return false;
    }
    isDestroyed() {
      return false;
    }
  }

  class FakeApp extends EventEmitter {
    readonly isPackaged = isPackaged;
    readonly commandLine = { hasSwitch: (name: string) => switches.includes(name) };
    enableSandbox() {
      order.push('enableSandbox');
    }
    requestSingleInstanceLock() {
      return isFirst;
    }
    whenReady() {
      order.push('whenReady');
      return Promise.resolve();
    }
    quit() {
      quits += 1;
    }
  }

  const app = new FakeApp();
  const ipcMain = new EventEmitter();
  const powerMonitor = new EventEmitter();
  const electron = {
    app,
    BrowserWindow: FakeWindow,
    ipcMain,
    Menu: {
      buildFromTemplate: (template: readonly MenuItem[]) => template,
      setApplicationMenu: (template: readonly MenuItem[]) => {
        menu = template;
      },
    },
    MessageChannelMain: MessageChannel,
    powerMonitor,
    protocol: {
      registerSchemesAsPrivileged: (list: typeof schemes) => {
        order.push('registerSchemes');
        schemes.push(...list);
      },
    },
    session: { defaultSession },
    shell: {
      openExternal: (url: string) => {
        opened.push(url);
        return Promise.resolve();
      },
    },
    utilityProcess: {
      fork: (path: string, _args: string[], options: Record<string, unknown>) => {
        const child = new FakeChild();
        forks.push({ path, options });
        children.push(child);
        return child;
      },
    },
  };
  return {
    electron: electron as unknown as ElectronModule,
    app,
    ipcMain,
    powerMonitor,
    defaultSession,
    windows,
    children,
    forks,
    opened,
    order,
    schemes,
    menu: () => menu,
    quits: () => quits,
  };
}

export type StandIn = ReturnType<typeof standIn>;
