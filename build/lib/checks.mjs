import { runQuietly } from './child.mjs';
import { findNode24 } from './node24.mjs';
import { fromRoot, ROOT } from './paths.mjs';

const tool = (...path) => fromRoot('node_modules', ...path);

/** What `npm run lint` runs, in two lanes that take about as long. */
const LANES = [
  [
    {
      name: 'biome',
      script: tool('@biomejs', 'biome', 'bin', 'biome'),
      args: ['check', '--reporter=summary'],
    },
    { name: 'types: engine', script: tool('typescript', 'bin', 'tsc'), args: ['-p', 'tsconfig.node.json'] },
  ],
  [
    { name: 'types: page', script: tool('typescript', 'bin', 'tsc'), args: ['-p', 'tsconfig.renderer.json'] },
    {
      name: 'types: shell',
      script: tool('typescript', 'bin', 'tsc'),
      args: ['-p', 'tsconfig.electron.json'],
    },
    { name: 'floors', script: fromRoot('build', 'floors.mjs'), args: [] },
    { name: 'knip', script: tool('knip', 'bin', 'knip.js'), args: [] },
  ],
];

/** Runs every check; prints what each found. Answers whether all passed. */
export async function runChecks() {
  const node = findNode24();
  const lanes = LANES.map(async (lane) => {
    let isGood = true;
    for (const { name, script, args } of lane) {
      const startedAtMs = Date.now();
      const { code, output } = await runQuietly(node, [script, ...args], { cwd: ROOT });
      const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
      if (code !== 0) process.stdout.write(`${output.trimEnd()}\n`);
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
      if (code !== 0) isGood = false;
    }
    return isGood;
  });
  return (await Promise.all(lanes)).every(Boolean);
}
