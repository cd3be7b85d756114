import { EventEmitter } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PassphraseNeeded, UsageError } from '../../src/main/doors/cli/exit-codes.ts';
import { askNewPassphrase, askPassphrase, passphraseSource } from '../../src/main/doors/cli/passphrase.ts';
import { temporaryFolder } from './support.ts';

/** A terminal that somebody types at; `modes` tells when it stopped showing what is typed. */
class FakeTerminal extends EventEmitter {
  readonly modes: boolean[] = [];
  shown = '';
  setRawMode(isRaw: boolean) {
    this.modes.push(isRaw);
  }
  setEncoding() {}
  resume() {}
  pause() {}
  write(text: string) {
    this.shown += text;
    return true;
  }
}

function asked(ask: typeof askPassphrase | typeof askNewPassphrase) {
  const terminal = new FakeTerminal();
  const source = { given: undefined, terminal: { input: terminal as never, output: terminal as never } };
  const typed = ask === askPassphrase ? askPassphrase(source, 'Passphrase') : askNewPassphrase(source);
  return { terminal, typed };
}

afterEach(() => {
  delete process.env.COUNTERSIGN_PASSPHRASE;
});

describe('the prompt', () => {
  it.each([
    [['secret words\r'], 'secret words'],
    [['s', 'e', 'c', '\n'], 'sec'],
    [['wrong\u0015right\r'], 'right'],
    [['abx\u007fc\u0008d\r'], 'abd'],
    [['gr\u00fc\u00df\u{1f512}x\u007f\r'], 'grüß🔒'],
    [['first\rsecond\r'], 'first'],
  ])('takes %j', async (chunks, passphrase) => {
    const { terminal, typed } = asked(askPassphrase);
    for (const chunk of chunks) terminal.emit('data', chunk);
    expect(await typed).toBe(passphrase);
  });

  it('shows nothing of what is typed, and gives the terminal back as it was', async () => {
    const { terminal, typed } = asked(askPassphrase);
    terminal.emit('data', 'secret\r');
    await typed;
    expect(terminal.shown).toBe('Passphrase: \n');
    expect(terminal.modes).toEqual([true, false]);
    expect(terminal.listenerCount('data')).toBe(0);
  });

  it.each(['\u0003', '\u0004'])('ends at %j without a passphrase', async (key) => {
    const { terminal, typed } = asked(askPassphrase);
    terminal.emit('data', `sec${key}`);
    await expect(typed).rejects.toThrow(PassphraseNeeded);
    expect(terminal.modes).toEqual([true, false]);
  });

  it('asks for a new one twice', async () => {
    const same = asked(askNewPassphrase);
    same.terminal.emit('data', 'a new one\r');
    await new Promise((resolve) => setImmediate(resolve));
    same.terminal.emit('data', 'a new one\r');
    expect(await same.typed).toBe('a new one');

    const different = asked(askNewPassphrase);
    different.terminal.emit('data', 'a new one\r');
    await new Promise((resolve) => setImmediate(resolve));
    different.terminal.emit('data', 'another\r');
    await expect(different.typed).rejects.toThrow(UsageError);
  });

  it('needs a terminal', async () => {
    await expect(askPassphrase({ given: undefined, terminal: null }, '')).rejects.toThrow(PassphraseNeeded);
  });
});

describe('what is given without a prompt', () => {
  it('comes from the descriptor before the environment, one line of it', () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'passphrase');
    writeFileSync(path, 'from the file\r\nsecond line\n');
    process.env.COUNTERSIGN_PASSPHRASE = 'from the environment';
    const fd = openSync(path, 'r');
    expect(passphraseSource(fd).given).toBe('from the file');
    closeSync(fd);
    expect(passphraseSource(undefined).given).toBe('from the environment');
    process.env.COUNTERSIGN_PASSPHRASE = '';
    expect(passphraseSource(undefined).given).toBeUndefined();
    folder.remove();
  });

  it('is refused where the descriptor is closed or empty', () => {
    expect(() => passphraseSource(999)).toThrow(UsageError);
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, 'empty'), '');
    const fd = openSync(join(folder.path, 'empty'), 'r');
    expect(() => passphraseSource(fd)).toThrow(UsageError);
    closeSync(fd);
    folder.remove();
  });
});
