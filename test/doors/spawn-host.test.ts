import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type HostedProcess, hostChannel } from '../../src/main/base/index.ts';
import { HostedProcesses } from '../../src/main/doors/electron/hosted-processes.ts';
import type { EngineWish, ShellMessage } from '../../src/main/doors/electron/messages.ts';
import { createShellSpawner } from '../../src/main/doors/electron/shell-spawner.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { standIn } from './electron-stand-in.ts';

const ENTRY = new URL('./echo.process.ts', import.meta.url);

const heard = (child: HostedProcess) => new Promise<unknown>((resolve) => child.onMessage(resolve));
const ended = (child: HostedProcess) => new Promise<number | null>((resolve) => child.onExit(resolve));

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

describe('a hosted process under Node', () => {
  const start = () => {
    const child = forkHost(ENTRY);
    cleanups.push(() => child.kill());
    return child;
  };

  it('is another process, and bytes and bigints go there and back', async () => {
    const child = start();
    const answer = heard(child);
    child.send({ bytes: Uint8Array.of(1, 2, 255), amountMinor: 12n });
    const { heard: message, pid } = (await answer) as { heard: Record<string, unknown>; pid: number };
    expect(pid).not.toBe(process.pid);
    expect([...(message.bytes as Uint8Array)]).toEqual([1, 2, 255]);
    expect(message.amountMinor).toBe(12n);
  });

  it('says its exit code once, and takes what is sent afterwards in silence', async () => {
    const child = start();
    let exits = 0;
    child.onExit(() => {
      exits += 1;
    });
    child.send('exit');
    expect(await ended(child)).toBe(7);
    child.send('nobody hears this');
    expect(exits).toBe(1);
  });

  it('is killed though it hangs', async () => {
    const child = start();
    const answer = heard(child);
    child.send('hello');
    await answer;
    child.send('hang');
    child.kill();
    expect(await ended(child)).toBeNull();
  });

  it('ends with code 1 where its entry does not exist', async () => {
    const child = forkHost(new URL('./none.process.ts', import.meta.url));
    expect(await ended(child)).toBe(1);
  });

  it('does not learn the passphrase of the script that started us', async () => {
    process.env.COUNTERSIGN_PASSPHRASE = 'of the script';
    cleanups.push(() => delete process.env.COUNTERSIGN_PASSPHRASE);
    const child = start();
    const answer = heard(child);
    child.send('environment');
    expect(await answer).toBe('nothing');
  });

  it('ends when the engine that hosts it dies', async () => {
    const script = `import { forkHost } from ${JSON.stringify(new URL('../../src/main/doors/shared/fork-host.ts', import.meta.url).href)};
      const child = forkHost(new URL(${JSON.stringify(ENTRY.href)}));
      child.onMessage(({ pid }) => process.stdout.write(String(pid)));
      child.send('hello');`;
    const engine = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [text] = await once(engine.stdout, 'data');
    const pid = Number(String(text));
    const closed = once(engine, 'close');
    engine.kill('SIGKILL');
    await closed;
    const isAlive = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(isAlive, { timeout: 5_000 }).toBe(false);
  });
});

/** Engine and shell as they speak under Electron, with the stand-in for what Electron does. */
function underElectron() {
  const { electron, children, forks } = standIn();
  const wishes: EngineWish[] = [];
  const shell: HostedProcesses = new HostedProcesses({
    utilityProcess: electron.utilityProcess,
    MessageChannelMain: electron.MessageChannelMain,
    folder: '/app/main/workers',
    say: (message, ports = []) => {
      for (const port of ports) cleanups.push(() => port.close());
      spawner.hear(message as Extract<ShellMessage, { id: number }>, asElectronPort(ports[0]));
    },
  });
  const spawner = createShellSpawner((wish) => {
    wishes.push(wish);
    setImmediate(() => shell.hear(wish));
  });
  return { spawner, shell, children, forks, wishes };
}

/** Node's port in the shape of Electron's: the message lies in an event. */
function asElectronPort(port: unknown) {
  const real = port as { on(type: string, listener: (data: unknown) => void): void } & Record<
    string,
    unknown
  >;
  if (port === undefined) return undefined;
  return {
    postMessage: (message: unknown) => (real.postMessage as (m: unknown) => void).call(port, message),
    on: (type: string, listener: (event: unknown) => void) => real.on(type, (data) => listener({ data })),
    start: () => {},
    close: () => (real.close as () => void).call(port),
  } as never;
}

const ADDRESS = new URL('file:///app/main/workers/echo.process.js');
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a hosted process under Electron', () => {
  it('is forked by the shell and spoken to by a port; what was sent early arrives', async () => {
    const { spawner, children, forks } = underElectron();
    const child = spawner.spawnHost(ADDRESS);
    child.send('early');
    await settle();
    expect(forks).toMatchObject([{ path: '/app/main/workers/echo.process.js', options: { execArgv: [] } }]);
    const [{ ports }] = children[0]!.sent as [(typeof children)[0]['sent'][0]];
    const parentPort = new EventEmitter();
    Object.assign(process, { parentPort });
    cleanups.push(() => Reflect.deleteProperty(process, 'parentPort'));
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
    const inside = hostChannel();
    const received: unknown[] = [];
    inside.onMessage((message) => received.push(message));
    inside.send('said before the port came');
    const answers: unknown[] = [];
    child.onMessage((message) => answers.push(message));
    parentPort.emit('message', { ports: [asElectronPort(ports[0])] });
    inside.send({ bytes: Uint8Array.of(9) });
    await settle();
    expect(received).toEqual(['early']);
    expect(answers).toEqual(['said before the port came', { bytes: Uint8Array.of(9) }]);
    // The engine dies, and with it its end of the line.
    expect(exit).not.toHaveBeenCalled();
    (ports[0] as { close(): void }).close();
    await settle();
    expect(exit).toHaveBeenCalledOnce();
    exit.mockRestore();
  });

  it('says its exit, and is killed on demand', async () => {
    const { spawner, children } = underElectron();
    const [first, second] = [spawner.spawnHost(ADDRESS), spawner.spawnHost(ADDRESS)];
    await settle();
    const codes = Promise.all([ended(first), ended(second)]);
    children[0]!.emit('exit', 139);
    second.kill();
    expect(await codes).toEqual([139, 1]);
    expect(children[1]!.killed).toBe(true);
  });

  it.each(['../engine-process.js', 'parse.worker.js', '/bin/sh', 'Echo.process.js', 'echo.process.js\n'])(
    'is not made of %j, which is no entry of ours',
    (entry) => {
      const said: ShellMessage[] = [];
      const { electron, forks } = standIn();
      const shell = new HostedProcesses({
        utilityProcess: electron.utilityProcess,
        MessageChannelMain: electron.MessageChannelMain,
        folder: '/app/main/workers',
        say: (message) => said.push(message),
      });
      shell.hear({ type: 'spawn', id: 3, entry });
      expect(forks).toEqual([]);
      expect(said).toEqual([{ type: 'ended', id: 3, code: null }]);
    },
  );

  it('does not outlive the engine', async () => {
    const { spawner, shell, children } = underElectron();
    spawner.spawnHost(ADDRESS);
    await settle();
    shell.endAll();
    expect(children[0]!.killed).toBe(true);
  });

  it('is asked for through the shell that started the engine', async () => {
    const { startShell } = await import('../../src/main/doors/electron/shell.ts');
    const fake = standIn();
    startShell(fake.electron, {
      argv: [],
      preloadPath: '/app/preload/index.cjs',
      enginePath: '/app/main/engine-process.js',
      readFiles: () => new Map(),
    });
    await new Promise((resolve) => setImmediate(resolve));
    const { webContents } = fake.windows[0]!;
    fake.ipcMain.emit('countersign:connect', { senderFrame: webContents.mainFrame, sender: webContents });
    const [engine] = fake.children;
    engine!.emit('message', { type: 'spawn', id: 1, entry: 'echo.process.js' });
    expect(fake.forks[1]).toMatchObject({ path: '/app/main/workers/echo.process.js' });
    expect(engine!.sent.at(-1)).toMatchObject({ message: { type: 'spawned', id: 1 } });
    engine!.emit('message', { type: 'kill', id: 1 });
    expect(engine!.sent.at(-1)!.message).toEqual({ type: 'ended', id: 1, code: 1 });
    engine!.emit('message', { type: 'spawn', id: 2, entry: 'echo.process.js' });
    engine!.emit('exit', 1);
    expect(fake.children[2]!.killed).toBe(true);
    for (const child of fake.children)
      for (const { ports } of child.sent) for (const port of ports) port.close();
  });
});
