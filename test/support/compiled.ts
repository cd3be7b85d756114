import { spawnSync } from 'node:child_process';

/** What consoles, command lines and hosts of tokens are made of; the code of their threads is among it. */
const GRAPHS = ['doors/loopback/program.ts', 'doors/cli/program.ts', 'hsm/host.ts'];

/**
 * Hundreds of processes that tests start read the same sources, and most are killed before they could keep
 * what they compiled. One that comes to its end does it for all of them, before the first test.
 */
export default function compileOnce(): void {
  const imports = GRAPHS.map((path) => new URL(`../../src/main/${path}`, import.meta.url).href);
  const script = `await Promise.all(${JSON.stringify(imports)}.map((graph) => import(graph)))`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (status !== 0) throw new Error(`The sources could not be loaded: ${stderr}`);
}
