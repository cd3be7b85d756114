import { EXIT } from './exit-codes.ts';
import { runProgram } from './program.ts';

const controller = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl-C means "at once": the vault survives that as it survives a power cut.
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  controller.abort();
});

process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
