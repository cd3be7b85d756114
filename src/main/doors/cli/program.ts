import type { Runtime } from '../../base/index.ts';
import { programVersion } from '../shared/version.ts';
import { type Arguments, readArguments, USAGE } from './arguments.ts';
import { commands } from './commands.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { EXIT, exitCodeOf, type Failure, failureOf } from './exit-codes.ts';
import { printable, toJson } from './output.ts';
import { passphraseSource } from './passphrase.ts';
import { showProgress } from './progress.ts';
import { signInAs } from './sign-in.ts';

/** The surroundings of one run; tests bring their own. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where vaults and sockets lie, instead of the user's application-data folder. */
  readonly dataFolder?: string;
  readonly runFolder?: string;
  /** The clock of the engine, where a test moves it. */
  readonly runtime?: Runtime;
}

const MISSING: Partial<Record<Arguments['command'], ConnectOptions['missing']>> = {
  import: 'create',
  demo: 'create-demo',
};

/** A rehearsal is the demo's, as the demo is; everything else of ceremonies needs a vault that is there. */
const missingOf = ({ command, operands }: Arguments): ConnectOptions['missing'] =>
  command === 'ceremony' && operands[0] === 'rehearse' ? 'create-demo' : (MISSING[command] ?? 'refuse');

/** Runs one command line; answers the exit code. */
export async function runProgram(surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  // Known before the arguments are read, so that a mistake in them is told in the form asked for.
  const isJson = surroundings.argv.includes('--json');
  try {
    const args = readArguments(surroundings.argv);
    if (args === 'help') stdout.write(USAGE);
    else if (args === 'version') stdout.write(`${programVersion()}\n`);
    else if (args.command === 'serve') return await serve(args);
    else if (args.command === 'backup' && args.operands[0] === 'restore')
      return await restore(args, surroundings);
    else if (args.command === 'audit' && args.operands[0] === 'verify-receipt')
      return await verifyReceipt(args, surroundings);
    else if (args.command === 'verify-ceremony') return await verifyCeremony(args, surroundings);
    else if (args.command === 'hsm' && args.operands[0] === 'drill') return await drill(args, surroundings);
    else if (args.command === 'bench') return await bench(args, surroundings);
    else if (args.command === 'demo' && args.operands[0] === 't0') return await demoT0(args, surroundings);
    else return await runCommand(args, args.command, surroundings);
    return EXIT.done;
  } catch (error) {
    const failure = surroundings.signal.aborted ? interrupted() : failureOf(error);
    // No failure: the command waits for a second person, and this is where.
    if (failure.code === 'APPROVAL_REQUIRED') stdout.write(`${heldText(failure, isJson)}\n`);
    else stderr.write(isJson ? `${toJson({ error: failure })}\n` : failureText(failure));
    return exitCodeOf(failure);
  }
}

/** The engine is loaded when it is needed: help and mistakes are answered at once. */
async function serve({ vault, port }: Arguments): Promise<number> {
  const { runLoopback } = await import('../loopback/program.ts');
  return runLoopback({ vault, port });
}

/** A receipt is checked by what stands in it. */
async function verifyReceipt(args: Arguments, { stdout }: Surroundings): Promise<number> {
  const { verifyReceiptCommand } = await import('./audit.ts');
  const answer = await verifyReceiptCommand(args);
  stdout.write(`${args.json ? toJson(answer.json) : answer.text}\n`);
  return answer.exitCode;
}

/** A transcript is checked by what stands in it. */
async function verifyCeremony(args: Arguments, { stdout }: Surroundings): Promise<number> {
  const { verifyCeremonyCommand } = await import('./ceremonies.ts');
  const answer = verifyCeremonyCommand(args);
  stdout.write(`${args.json ? toJson(answer.json) : answer.text}\n`);
  return answer.exitCode;
}

/** A drill brings its own vault. */
async function drill(args: Arguments, { stdout }: Surroundings): Promise<number> {
  const { hsmDrill } = await import('./hsm.ts');
  const answer = await hsmDrill(args.seconds);
  stdout.write(`${args.json ? toJson(answer.json) : answer.text}\n`);
  return answer.exitCode;
}

/** A benchmark makes what it measures with. */
async function bench(args: Arguments, { stdout, stderr, signal }: Surroundings): Promise<number> {
  const { benchCommand } = await import('./bench.ts');
  const answer = await benchCommand(args, { signal, say: (line) => stderr.write(`${line}\n`) });
  stdout.write(`${args.json ? toJson(answer.json) : answer.text}\n`);
  return answer.exitCode;
}

/** The demonstration of T+0 brings its own vault. */
async function demoT0(args: Arguments, { stdout, signal }: Surroundings): Promise<number> {
  const { demoT0Command } = await import('./feed.ts');
  const answer = await demoT0Command(args, signal);
  stdout.write(`${args.json ? toJson(answer.json) : answer.text}\n`);
  return answer.exitCode;
}

/** No vault need be open for it. */
async function restore(args: Arguments, { stdout, signal }: Surroundings): Promise<number> {
  const { restoreCommand } = await import('./backup.ts');
  const answer = await restoreCommand(args, signal);
  stdout.write(`${args.json ? toJson(answer.json) : answer.text}\n`);
  return answer.exitCode;
}

async function runCommand(
  args: Arguments,
  command: keyof typeof commands,
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, signal, dataFolder, runFolder, runtime } = surroundings;
  const { openConnection } = await import('./connect.ts');
  const passphrases = passphraseSource(args.passphraseFd);
  const connection = await openConnection({
    vault: args.vault,
    passphrases,
    missing: missingOf(args),
    tell: (line) => stderr.write(`${line}\n`),
    ...(dataFolder === undefined ? {} : { dataFolder }),
    ...(runFolder === undefined ? {} : { runFolder }),
    ...(runtime === undefined ? {} : { runtime }),
  });
  const stopCancelling = cancelOnAbort(connection, signal);
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    signal.throwIfAborted();
    const { operator: name, card } = args;
    if (name !== undefined) await signInAs(connection.client, { name, card }, passphrases);
    progress = showProgress(connection.client, stderr);
    const answer = await commands[command](connection.client, args, signal, passphrases);
    progress.stop();
    const text = args.json ? toJson(answer.json) : answer.text;
    if (text !== undefined && text !== '') stdout.write(`${text}\n`);
    return answer.exitCode;
  } finally {
    progress?.stop();
    stopCancelling();
    await connection.close();
  }
}

/** Ctrl-C asks the jobs that this run started to end; what they had begun counts nowhere. */
function cancelOnAbort({ client, isRemote }: Connection, signal: AbortSignal): () => void {
  const cancel = async () => {
    // In an app that holds the vault the running jobs may be another person's.
    if (isRemote) return;
    for (const job of await client.jobs.list()) {
      if (job.state === 'running' && job.cancellable) await client.jobs.cancel({ id: job.id });
    }
  };
  const listener = () => {
    cancel().catch(() => {});
  };
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

function interrupted(): Failure {
  return { code: 'CANCELLED', message: 'Interrupted; what was under way counts nowhere.', details: {} };
}

function heldText({ details }: Failure, isJson: boolean): string {
  if (isJson) return toJson({ approvalRequired: details });
  return `Held for approval under “${details.policyTitle}”: request ${details.requestId}.`;
}

function failureText({ code, message, details }: Failure): string {
  const place = ['file', 'line', 'path', 'expected', 'actual']
    .filter((key) => details[key] !== undefined && details[key] !== '')
    .map((key) => `  ${key}: ${printable(String(details[key]))}\n`);
  return `countersign: ${printable(message)} [${code}]\n${place.join('')}`;
}
