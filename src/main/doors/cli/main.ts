import { onEndSignal } from '../shared/signals.ts';
import { runProgram } from './program.ts';

const controller = new AbortController();
onEndSignal(['SIGINT', 'SIGTERM'], () => controller.abort());

process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});
