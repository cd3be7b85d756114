import { readFileSync } from 'node:fs';
import { PassphraseNeeded, UsageError } from './exit-codes.ts';

export const NO_PASSPHRASE =
  'No passphrase: give --passphrase-fd or COUNTERSIGN_PASSPHRASE, or run in a terminal.';

/** Where a passphrase may come from, as the command line and the environment say. */
export interface PassphraseSource {
  /** What a descriptor or the environment gave without asking anybody. */
  readonly given: string | undefined;
  /** Where a person can be asked. */
  readonly terminal: { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream } | null;
}

/** The sources of this process. A descriptor is read here, once; a prompt needs a terminal to type at. */
export function passphraseSource(fd: number | undefined): PassphraseSource {
  const terminal = process.stdin.isTTY ? { input: process.stdin, output: process.stderr } : null;
  return { given: readGiven(fd), terminal };
}

function readGiven(fd: number | undefined): string | undefined {
  const { COUNTERSIGN_PASSPHRASE: environment } = process.env;
  if (fd === undefined) return environment === '' ? undefined : environment;
  let text: string;
  try {
    text = readFileSync(fd, 'utf8');
  } catch {
    throw new UsageError(`File descriptor ${fd} cannot be read.`);
  }
  const line = text.split(/\r?\n/, 1)[0]!;
  if (line === '') throw new UsageError(`File descriptor ${fd} held no passphrase.`);
  return line;
}

/** Asks at the terminal without showing what is typed. Throws `PassphraseNeeded` where there is none. */
export async function askPassphrase(source: PassphraseSource, prompt: string): Promise<string> {
  if (source.terminal === null) {
    throw new PassphraseNeeded(NO_PASSPHRASE);
  }
  const { input, output } = source.terminal;
  output.write(`${prompt}: `);
  try {
    return await readHidden(input);
  } finally {
    output.write('\n');
  }
}

/** The PIN of the workstation's token: nothing where the settings bring it or nobody can be asked. */
export async function tokenPin(source: PassphraseSource): Promise<{ pin?: string }> {
  if (process.env.COUNTERSIGN_TOKEN_PIN || source.terminal === null) return {};
  return { pin: await askPassphrase(source, 'PIN of the token') };
}

/** A new passphrase, typed twice. */
export async function askNewPassphrase(source: PassphraseSource, what = 'the new vault'): Promise<string> {
  const first = await askPassphrase(source, `Passphrase for ${what} (12 characters or more)`);
  const second = await askPassphrase(source, 'The same again');
  if (first !== second) throw new UsageError('The two passphrases differ; nothing was made.');
  return first;
}

const BACKSPACE: ReadonlySet<string> = new Set(['\u0008', '\u007f']);
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';

function readHidden(input: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    input.setRawMode(true);
    input.setEncoding('utf8');
    const finish = () => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
    };
    const onData = (chunk: string) => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') {
          finish();
          resolve(typed.join(''));
          return;
        }
        if (character === CTRL_C || character === CTRL_D) {
          finish();
          reject(new PassphraseNeeded('No passphrase was typed.'));
          return;
        }
        if (BACKSPACE.has(character)) typed.pop();
        else if (character === CTRL_U) typed = [];
        else if (character >= ' ') typed.push(character);
      }
    };
    input.on('data', onData);
    input.resume();
  });
}
