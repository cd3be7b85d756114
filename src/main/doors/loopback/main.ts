import { parseArgs } from 'node:util';
import { runLoopback } from './program.ts';

const { values } = parseArgs({
  options: {
    demo: { type: 'boolean', default: false },
    vault: { type: 'string' },
    port: { type: 'string' },
    window: { type: 'string' },
  },
});

process.exitCode = await runLoopback({
  demo: values.demo,
  vault: values.vault,
  port: values.port === undefined ? undefined : Number(values.port),
  browser: values.window,
});
