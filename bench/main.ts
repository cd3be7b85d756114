/**
 * `npm run bench [-- section…] [--quick|--full] [--seconds n] [--json]`: measures what Countersign promises, each figure
 * beside its reference from the same run.
 */
import { arch, cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchFigure, type BenchSection, ratioOf, reaches } from './figure.ts';
import { renderTable } from './table.ts';

/** Sections load when they are run, so that one of them never pays for another's imports. */
const SECTIONS: Readonly<Record<string, () => Promise<BenchSection>>> = {
  vault: async () => (await import('./vault.ts')).benchVault,
  keys: async () => (await import('./keys.ts')).benchKeys,
  hsm: async () => (await import('./hsm.ts')).benchHsm,
  audit: async () => (await import('./audit.ts')).benchAudit,
  approvals: async () => (await import('./approvals.ts')).benchApprovals,
  ledger: async () => (await import('./ledger.ts')).benchLedger,
  intake: async () => (await import('./intake.ts')).benchIntake,
  matching: async () => (await import('./matching.ts')).benchMatching,
  t0: async () => (await import('./t0.ts')).benchT0,
  search: async () => (await import('./search.ts')).benchSearch,
  backup: async () => (await import('./backup.ts')).benchBackup,
  dashboard: async () => (await import('./dashboard.ts')).benchDashboard,
};

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      seconds: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) {
    say(`There is no section ${unknown.join(', ')}. Sections: ${Object.keys(SECTIONS).join(', ')}.`);
    return 2;
  }
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds > 0)) {
    say('--seconds takes a whole number of seconds.');
    return 2;
  }
  const names = positionals.length > 0 ? positionals : Object.keys(SECTIONS);
  const figures: BenchFigure[] = [];
  for (const name of names) {
    say(`${name} …`);
    const section = await SECTIONS[name]!();
    figures.push(...(await section({ quick: values.quick, seconds, say: (text) => say(`  ${text}`) })));
  }
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? arch(),
    cores: cpus().length,
    os: release(),
  };
  if (values.json) {
    const rows = figures.map((figure) => ({
      ...figure,
      ratio: ratioOf(figure) ?? null,
      reached: reaches(figure) ?? null,
    }));
    process.stdout.write(`${JSON.stringify({ machine, quick: values.quick, figures: rows }, null, 1)}\n`);
  } else {
    process.stdout.write(
      `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}\n\n${renderTable(figures)}`,
    );
  }
  return figures.some((figure) => reaches(figure) === false) && !values.quick ? 1 : 0;
}

process.exitCode = await main();
