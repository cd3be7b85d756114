// Checks the floors of the house (.dependency-cruiser.cjs) and that the check saw the house: a
// tool that cannot read the sources would find nothing wrong with them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runQuietly } from './lib/child.mjs';
import { fromRoot } from './lib/paths.mjs';

const CRUISER = fromRoot('node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');

/** Source files under a folder, as the cruiser names them. */
export function sourceFiles(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    );
}

/**
 * Cruises `src` under `root` by our rules. Answers the violations as lines and the source files
 * that the cruiser did not see.
 */
export async function checkFloors(root) {
  const config = fromRoot('.dependency-cruiser.cjs');
  const args = [CRUISER, 'src', '--config', config, '--output-type', 'json'];
  const { output } = await runQuietly(process.execPath, args, { cwd: root });
  const start = output.indexOf('{');
  if (start === -1) throw new Error(`dependency-cruiser gave no answer: ${output.slice(0, 400)}`);
  const { modules, summary } = JSON.parse(output.slice(start));
  const seen = new Map(modules.map((module) => [module.source, module]));
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    unseen: sourceFiles(root, 'src').filter((file) => !seen.has(file)),
    moduleCount: sourceFiles(root, 'src').filter((file) => seen.has(file)).length,
    dependencyCount: modules.reduce((sum, module) => sum + module.dependencies.length, 0),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { violations, unseen, moduleCount, dependencyCount } = await checkFloors(fromRoot());
  for (const line of violations) console.error(line);
  for (const file of unseen) console.error(`not seen: ${file}`);
  const sawNothing = moduleCount < 50 || dependencyCount < moduleCount;
  if (sawNothing) console.error(`only ${moduleCount} modules and ${dependencyCount} imports were seen`);
  if (violations.length > 0 || unseen.length > 0 || sawNothing) process.exit(1);
  console.log(`${moduleCount} modules and ${dependencyCount} imports keep to the floors`);
}
