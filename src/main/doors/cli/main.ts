import { onEndSignal } from '../shared/signals.ts';
import { runProgram } from './program.ts';

const controller = new AbortController();
onEndSignal(['SIGINT', 'SIGTERM'], () => controller.abort());

// A reader that has seen enough (`… | head`) closes its end; that is no fault, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
