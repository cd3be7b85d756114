import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { CONNECT_CHANNEL } from '../../src/main/doors/electron/messages.ts';
import { type ElectronModule, startShell } from '../../src/main/doors/electron/shell.ts';
import { standIn } from '../doors/electron-stand-in.ts';

/** The operating system's notices, as far as the shell uses them. */
function fakeNotifications(isSupported: boolean) {
  const shown: FakeNotification[] = [];
  class FakeNotification extends EventEmitter {
    static isSupported() {
      return isSupported;
    }
    readonly options: Record<string, unknown>;
    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
    }
    show() {
      shown.push(this);
    }
  }
  return { Notification: FakeNotification, shown };
}

/** A shell with one window whose page asked for the engine. */
async function startedShell(isSupported = true) {
  const stage = standIn();
  const { Notification, shown } = fakeNotifications(isSupported);
  const electron = { ...stage.electron, Notification } as unknown as ElectronModule;
  const readFiles = () => new Map();
  startShell(electron, { argv: [], preloadPath: '/p.cjs', enginePath: '/e.js', readFiles });
  await new Promise((resolve) => setImmediate(resolve));
  const window = stage.windows[0]!;
  stage.ipcMain.emit(CONNECT_CHANNEL, {
    sender: window.webContents,
    senderFrame: window.webContents.mainFrame,
  });
  return { engine: stage.children[0]!, window, shown };
}

describe('a notice of the engine under Electron', () => {
  it('is shown by the operating system with its one sentence, and a click brings the window up', async () => {
    const { engine, window, shown } = await startedShell();
    engine.emit('message', { type: 'notice', severity: 'critical', title: 'The HSM does not answer.' });
    expect(shown.map(({ options }) => options)).toEqual([
      { title: 'Countersign', body: 'The HSM does not answer.', urgency: 'critical', timeoutType: 'never' },
    ]);
    expect(window.isFocused).toBe(false);
    shown[0]!.emit('click');
    expect(window.isFocused).toBe(true);
  });

  it('is left out where the system shows none, and what is no notice is not shown', async () => {
    const none = await startedShell(false);
    none.engine.emit('message', { type: 'notice', severity: 'low', title: 'x' });
    expect(none.shown).toEqual([]);
    const some = await startedShell();
    some.engine.emit('message', { type: 'other' });
    some.engine.emit('message', null);
    expect(some.shown).toEqual([]);
  });
});
