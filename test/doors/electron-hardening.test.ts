import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hardenContents } from '../../src/main/doors/electron/contents.ts';
import { isAllowedExternal, MESSAGE_CATALOGUE } from '../../src/main/doors/electron/external.ts';
import { pagePathOf } from '../../src/main/doors/electron/page-address.ts';
import { withOurPolicy } from '../../src/main/doors/electron/session.ts';
import { startShell } from '../../src/main/doors/electron/shell.ts';
import { CONTENT_SECURITY_POLICY } from '../../src/main/doors/shared/headers.ts';
import {
  FakeContents,
  FakeFrame,
  FakeSession,
  fakeDownload,
  fakeEvent,
  type StandIn,
  standIn,
} from './electron-stand-in.ts';

const FILES = new Map([
  ['/index.html', { body: Buffer.from('<!doctype html>page'), type: 'text/html', immutable: false }],
  ['/assets/a.js', { body: Buffer.from('export {}'), type: 'text/javascript', immutable: true }],
]);

const ports: { close(): void }[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

async function started(options: Parameters<typeof standIn>[0] = {}, argv: string[] = []): Promise<StandIn> {
  const fake = standIn(options);
  startShell(fake.electron, {
    argv,
    preloadPath: '/app/preload/index.cjs',
    enginePath: '/app/main/engine-process.js',
    readFiles: () => FILES,
  });
  await new Promise((resolve) => setImmediate(resolve));
  return fake;
}

function ask(fake: StandIn, frame: FakeFrame | null, sender: FakeContents): number {
  fake.ipcMain.emit('countersign:connect', { senderFrame: frame, sender });
  for (const { ports: sent } of fake.children.flatMap((child) => child.sent)) ports.push(...sent);
  return fake.children.flatMap((child) => child.sent).filter(({ message }) => message.type === 'connect')
    .length;
}

describe('the window', () => {
  it.each([
    ['sandbox', true],
    ['contextIsolation', true],
    ['webSecurity', true],
    ['nodeIntegration', false],
    ['nodeIntegrationInWorker', false],
    ['nodeIntegrationInSubFrames', false],
    ['webviewTag', false],
    ['allowRunningInsecureContent', false],
    ['experimentalFeatures', false],
    ['navigateOnDragDrop', false],
    ['spellcheck', false],
  ])('has %s set to %s', async (name, value) => {
    const { windows } = await started();
    expect(windows).toHaveLength(1);
    expect(windows[0]!.options.webPreferences).toHaveProperty(name, value);
  });

  it('has no Blink feature switched on', async () => {
    const { windows } = await started();
    expect(windows[0]!.options.webPreferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('has developer tools in development only', async () => {
    expect((await started({ isPackaged: true })).windows[0]!.options.webPreferences.devTools).toBe(false);
    expect((await started({ isPackaged: false })).windows[0]!.options.webPreferences.devTools).toBe(true);
  });

  it('shows our page and nothing else', async () => {
    const { windows } = await started();
    expect(windows[0]!.urls).toEqual(['countersign://app/']);
    expect(windows[0]!.isShown).toBe(false);
    windows[0]!.emit('ready-to-show');
    expect(windows[0]!.isShown).toBe(true);
  });

  it('is made in one place', () => {
    const folder = 'src/main/doors/electron';
    const makers = readdirSync(folder).filter((file) =>
      /new (Browser)?Window\(|new BaseWindow|new WebContentsView/.test(
        readFileSync(join(folder, file), 'utf8'),
      ),
    );
    expect(makers).toEqual(['window.ts']);
  });
});

describe('the app', () => {
  it('enables the sandbox and its scheme before it is ready', async () => {
    const { order } = await started();
    expect(order).toEqual(['enableSandbox', 'registerSchemes', 'whenReady']);
  });

  it('runs once: a second start brings the first window forward', async () => {
    const second = await started({ isFirst: false });
    expect(second.quits()).toBe(1);
    expect(second.windows).toHaveLength(0);
    const first = await started();
    first.app.emit('second-instance');
    expect(first.windows[0]!.isFocused).toBe(true);
  });

  it.each(['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk', 'js-flags'])(
    'does not start packaged with --%s',
    async (name) => {
      const packaged = await started({ isPackaged: true, switches: [name] });
      expect([packaged.quits(), packaged.windows.length]).toEqual([1, 0]);
      const development = await started({ isPackaged: false, switches: [name] });
      expect(development.windows).toHaveLength(1);
    },
  );

  it('has neither reload nor developer tools in its menu when packaged', async () => {
    const roles = (fake: StandIn) =>
      fake
        .menu()
        .flatMap((item) => item.submenu ?? [])
        .map((item) => item.role);
    const packaged = roles(await started({ isPackaged: true }));
    expect(packaged).not.toContain('toggleDevTools');
    expect(packaged).not.toContain('reload');
    expect(roles(await started({ isPackaged: false }))).toContain('toggleDevTools');
  });

  it('keeps nothing in safeStorage, which may be plaintext', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => readFileSync(join('src', file), 'utf8').includes('safeStorage'))).toEqual(
      [],
    );
  });
});

describe('every session', () => {
  it.each(['the default one', 'one made later'])('is hardened: %s', async (which) => {
    const fake = await started();
    const session = which === 'the default one' ? fake.defaultSession : new FakeSession();
    if (session !== fake.defaultSession) fake.app.emit('session-created', session);
    let granted: boolean | null = null;
    session.permissionRequest!(null, 'media', (yes) => {
      granted = yes;
    });
    expect(granted).toBe(false);
    expect(session.permissionCheck!()).toBe(false);
    expect(session.devicePermission!()).toBe(false);
    expect(session.spellChecker).toBe(false);
    const download = fakeEvent();
    session.emit('will-download', download, fakeDownload({ url: 'https://evil.example/a.pdf' }), null, null);
    expect(download.prevented).toBe(true);
  });

  it.each([
    ['countersign://app/assets/a.js', false],
    ['blob:countersign://app/5b0d0b6e', false],
    ['blob:https://evil.example/5b0d0b6e', true],
    ['blob:countersign://app.evil.example/5b0d0b6e', true],
    ['devtools://devtools/bundled/inspector.html', false],
    ['https://evil.example/', true],
    ['http://127.0.0.1:8080/', true],
    ['file:///etc/passwd', true],
    ['countersign://other/', true],
    ['countersign://app:1/', true],
    ['countersign://user@app/', true],
    ['ws://127.0.0.1/rpc', true],
    ['data:text/html,x', true],
    ['no address', true],
  ])('lets a request to %s be cancelled: %s', async (url, cancel) => {
    const { defaultSession } = await started();
    let answer: Record<string, unknown> = {};
    defaultSession.beforeRequest!({ url }, (result) => {
      answer = result;
    });
    expect(answer).toEqual({ cancel });
  });

  it('puts our policy last, whatever the answer brought', async () => {
    const { defaultSession } = await started();
    let answer: Record<string, unknown> = {};
    const responseHeaders = {
      'Content-Security-Policy': ['default-src *'],
      'content-security-policy-report-only': ['x'],
    };
    defaultSession.headersReceived!({ responseHeaders }, (result) => {
      answer = result;
    });
    expect(answer).toEqual({ responseHeaders: { 'content-security-policy': [CONTENT_SECURITY_POLICY] } });
    expect(withOurPolicy({ Server: ['x'] })).toHaveProperty('Server', ['x']);
  });
});

describe('a file that the page saves', () => {
  async function saves(given: Parameters<typeof fakeDownload>[0], by: { frame?: FakeFrame | null } = {}) {
    const fake = await started();
    const contents = fake.windows[0]!.webContents;
    const [event, item] = [fakeEvent(), fakeDownload(given)];
    const frame = by.frame === undefined ? contents.mainFrame : by.frame;
    fake.defaultSession.emit('will-download', event, item, contents, frame);
    return { isSaved: !event.prevented, asked: item.asked };
  }

  it.each([
    ['share-1-2.pdf', 'application/pdf', 'PDF', 'pdf'],
    ['ceremony-1-generate.json', 'application/json', 'JSON', 'json'],
  ])('is %s, into a place that the person is asked for', async (name, type, filter, end) => {
    expect(await saves({ name, type })).toEqual({
      isSaved: true,
      asked: [
        {
          defaultPath: name,
          filters: [{ name: filter, extensions: [end] }],
          properties: ['showOverwriteConfirmation', 'dontAddToRecent'],
        },
      ],
    });
  });

  it.each<[string, Parameters<typeof fakeDownload>[0]]>([
    ['from elsewhere', { url: 'https://evil.example/share-1-2.pdf' }],
    ['of our own files', { url: 'countersign://app/share-1-2.pdf' }],
    ['of another origin’s memory', { url: 'blob:https://evil.example/5b0d0b6e' }],
    [
      'that came by way of elsewhere',
      { chain: ['https://evil.example/', 'blob:countersign://app/5b0d0b6e'] },
    ],
    ['that another origin began', { initiator: 'https://evil.example' }],
    ['that nobody of the page began', { initiator: '' }],
    ['that is a program', { name: 'share.exe', type: 'application/x-msdownload' }],
    ['that says it is another kind', { type: 'text/html' }],
    ['with a folder in its name', { name: '../share-1-2.pdf' }],
    ['hidden', { name: '.pdf' }],
    ['with two ends', { name: 'share.exe.pdf' }],
    ['without a person’s act', { hasGesture: false }],
    ['that is too large', { bytes: 17 * 1024 * 1024 }],
  ])('is refused: one %s', async (_, given) => {
    expect(await saves(given)).toEqual({ isSaved: false, asked: [] });
  });

  it('is refused to a frame within the page, to another page and to one that is gone', async () => {
    const inner = new FakeFrame();
    inner.parent = new FakeFrame();
    for (const frame of [null, inner, new FakeFrame()]) {
      expect(await saves({}, { frame })).toEqual({ isSaved: false, asked: [] });
    }
  });

  it('is refused in a session that is not our page’s', async () => {
    const fake = await started();
    const session = new FakeSession();
    fake.app.emit('session-created', session);
    const contents = fake.windows[0]!.webContents;
    const event = fakeEvent();
    session.emit('will-download', event, fakeDownload(), contents, contents.mainFrame);
    expect(event.prevented).toBe(true);
  });
});

describe('the policy', () => {
  it.each([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])('says %s', (directive) => {
    expect(CONTENT_SECURITY_POLICY.split('; ')).toContain(directive);
  });

  it('allows nothing inline and nothing evaluated', () => {
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|https?:|blob:/);
  });
});

describe('every page', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'has %s prevented',
    async (name) => {
      const fake = await started();
      const other = new FakeContents();
      fake.app.emit('web-contents-created', fakeEvent(), other);
      for (const contents of [fake.windows[0]!.webContents, other]) {
        const event = fakeEvent();
        contents.emit(name, event, 'https://evil.example/');
        expect(event.prevented).toBe(true);
      }
    },
  );

  it('opens no window, and hands only listed addresses to the browser', () => {
    const opened: string[] = [];
    const contents = new FakeContents();
    const shell = { openExternal: async (url: string) => void opened.push(url) };
    hardenContents(contents as never, shell as never);
    for (const url of ['https://evil.example/', 'file:///etc/passwd', MESSAGE_CATALOGUE]) {
      expect(contents.windowOpen!({ url })).toEqual({ action: 'deny' });
    }
    expect(opened).toEqual([MESSAGE_CATALOGUE]);
  });

  it.each([
    [MESSAGE_CATALOGUE, true],
    ['https://www.iso20022.org/other', true],
    ['http://www.iso20022.org/', false],
    ['https://www.iso20022.org.evil.example/', false],
    ['https://www.iso20022.org@evil.example/', false],
    ['https://user:secret@www.iso20022.org/', false],
    ['https://www.iso20022.org:444/', false],
    ['javascript:alert(1)', false],
    ['file:///C:/Windows/System32/calc.exe', false],
    ['smb://evil.example/share', false],
    ['ms-msdt:/id', false],
    ['', false],
  ])('may lead outside to %s: %s', (address, allowed) => {
    expect(isAllowedExternal(address)).toBe(allowed);
  });
});

describe("the page's scheme", () => {
  it('is secure and an origin of its own, and nothing more', async () => {
    const { schemes } = await started();
    expect(schemes).toEqual([
      { scheme: 'countersign', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  it('serves the page with its policy and the right types', async () => {
    const handler = (await started()).defaultSession.handlers.get('countersign')!;
    const page = handler({ method: 'GET', url: 'countersign://app/ledger' });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('page');
    expect(page.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const script = handler({ method: 'GET', url: 'countersign://app/assets/a.js' });
    expect(script.headers.get('content-type')).toBe('text/javascript');
  });

  it.each([
    'countersign://app/../../etc/passwd.html',
    'countersign://app/..%2f..%2fetc/passwd',
    'countersign://app/assets/%2e%2e/%2e%2e/package.json',
    'countersign://app/assets/..\\..\\package.json',
    'countersign://other/index.html',
    'countersign://app.evil/index.html',
    'countersign://user:x@app/index.html',
    'file:///etc/passwd',
    'nonsense',
  ])('answers %s with nothing', async (url) => {
    const handler = (await started()).defaultSession.handlers.get('countersign')!;
    expect(handler({ method: 'GET', url }).status).toBe(404);
  });

  it('answers GET alone', async () => {
    const handler = (await started()).defaultSession.handlers.get('countersign')!;
    expect(handler({ method: 'POST', url: 'countersign://app/' }).status).toBe(404);
  });

  it('is told from others by its parsed address', () => {
    expect(pagePathOf('countersign://app/ledger?x=1#y')).toBe('/ledger');
    expect(pagePathOf('countersign:app/ledger')).toBe(null);
  });
});

describe("a message's sender", () => {
  it('gets a port where it is the top frame of our window', async () => {
    const fake = await started();
    const { webContents } = fake.windows[0]!;
    expect(ask(fake, webContents.mainFrame, webContents)).toBe(1);
    expect(webContents.mainFrame.posted).toMatchObject([{ channel: 'countersign:port', message: null }]);
    expect(webContents.mainFrame.posted[0]!.ports).toHaveLength(1);
    ports.push(...webContents.mainFrame.posted[0]!.ports);
  });

  it.each<[string, (fake: StandIn) => [FakeFrame | null, FakeContents]]>([
    ['a frame that is gone', (fake) => [null, fake.windows[0]!.webContents]],
    [
      'a frame that was detached',
      (fake) => {
        const { webContents } = fake.windows[0]!;
        webContents.mainFrame.detached = true;
        return [webContents.mainFrame, webContents];
      },
    ],
    [
      'another origin',
      (fake) => {
        const { webContents } = fake.windows[0]!;
        webContents.mainFrame.origin = 'https://evil.example';
        return [webContents.mainFrame, webContents];
      },
    ],
    [
      'a frame within the page',
      (fake) => {
        const { webContents } = fake.windows[0]!;
        const inner = new FakeFrame();
        inner.parent = webContents.mainFrame;
        return [inner, webContents];
      },
    ],
    [
      'a page that is no window of ours',
      () => {
        const other = new FakeContents();
        return [other.mainFrame, other];
      },
    ],
    [
      'our page named by another sender',
      (fake) => [fake.windows[0]!.webContents.mainFrame, new FakeContents()],
    ],
  ])('gets none where it is %s', async (_, senderOf) => {
    const fake = await started();
    const [frame, sender] = senderOf(fake);
    expect(ask(fake, frame, sender)).toBe(0);
    expect(fake.children).toHaveLength(0);
  });
});

describe('the engine', () => {
  it('is a process of its own, started when it is first asked for, with one port a window', async () => {
    const fake = await started({}, ['--demo', '--vault', '/vaults/a.vault']);
    expect(fake.forks).toHaveLength(0);
    const { webContents } = fake.windows[0]!;
    ask(fake, webContents.mainFrame, webContents);
    ask(fake, webContents.mainFrame, webContents);
    // V8's flags reach the engine as Chromium's one switch for them; nothing else does.
    const execArgv = ['--js-flags=--max-semi-space-size=8 --heap-growing-percent=30'];
    expect(fake.forks).toMatchObject([{ path: '/app/main/engine-process.js', options: { execArgv } }]);
    const [child] = fake.children;
    expect(child!.sent.map(({ message }) => message)).toEqual([
      { type: 'start', demo: true, vault: '/vaults/a.vault' },
      { type: 'connect' },
      { type: 'connect' },
    ]);
    expect(child!.sent.map(({ ports: sent }) => sent.length)).toEqual([0, 1, 1]);
  });

  it('ends when the machine is suspended, and starts anew, locked, when it wakes', async () => {
    const fake = await started({}, ['--demo']);
    const { webContents } = fake.windows[0]!;
    ask(fake, webContents.mainFrame, webContents);
    fake.powerMonitor.emit('suspend');
    expect(fake.children[0]!.sent.at(-1)!.message).toEqual({ type: 'stop' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    fake.powerMonitor.emit('resume');
    expect(fake.children).toHaveLength(2);
    // The demo is not opened a second time: whoever woke the machine has to open the vault.
    expect(fake.children[1]!.sent[0]!.message).toEqual({ type: 'start', demo: false });
  });

  it('is started again after a crash, three times', async () => {
    const fake = await started();
    const { webContents } = fake.windows[0]!;
    ask(fake, webContents.mainFrame, webContents);
    for (let i = 0; i < 5; i += 1) fake.children.at(-1)!.emit('exit', 1);
    expect(fake.children).toHaveLength(4);
  });

  it('closes its vault before the app ends', async () => {
    const fake = await started();
    const { webContents } = fake.windows[0]!;
    ask(fake, webContents.mainFrame, webContents);
    const first = fakeEvent();
    fake.app.emit('before-quit', first);
    expect(first.prevented).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(fake.quits()).toBe(1);
    const second = fakeEvent();
    fake.app.emit('before-quit', second);
    expect(second.prevented).toBe(false);
  });
});
