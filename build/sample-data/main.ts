/**
 * `npm run sample-data -- --seed 7 --customers 200 --days 30 [--to YYYY-MM-DD] [--out DIR]`
 * writes customers, invoices, statements and the truth about them. Same options, same bytes.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generateSampleData } from './generate.ts';
import { classCounts } from './truth.ts';

/** The end of the committed set, so that the demo looks the same on every machine. */
const DEMO_END = '2026-11-20';
/** Only files that this program makes are cleared away before it writes. */
const OURS = /^(\d{4}-\d{2}-\d{2}-.+\.(xml|sta)|(customers|invoices)\.csv|(truth|manifest)\.json)$/;

function whole(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new Error(`--${name} must be a whole number from ${low} to ${high}.`);
  }
  return value;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '7' },
      customers: { type: 'string', default: '200' },
      days: { type: 'string', default: '30' },
      to: { type: 'string', default: DEMO_END },
      out: { type: 'string', default: resolve(import.meta.dirname, '../../resources/demo') },
    },
  });
  if (!/^\d{4}-\d{2}-\d{2}$/.test(values.to) || Number.isNaN(Date.parse(values.to))) {
    throw new Error('--to must be a date, YYYY-MM-DD.');
  }
  const data = generateSampleData({
    seed: whole('seed', values.seed, 0, 0xffff_ffff),
    customers: whole('customers', values.customers, 5, 100_000),
    days: whole('days', values.days, 1, 366),
    to: values.to,
  });
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out)) if (OURS.test(name)) rmSync(resolve(out, name));
  let bytes = 0;
  for (const file of [...data.files, data.truth, data.manifest]) {
    writeFileSync(resolve(out, file.name), file.bytes);
    bytes += file.bytes.length;
  }
  process.stdout.write(
    `${out}: ${data.files.length + 2} files, ${(bytes / 1e6).toFixed(2)} MB, ` +
      `${data.invoices.length} open items, ${data.placed.length} booked lines, ${data.planted.length} planted\n`,
  );
  for (const [name, count] of Object.entries(classCounts(data.placed))) {
    process.stdout.write(`  ${name.padEnd(20)} ${String(count).padStart(6)}\n`);
  }
}

main();
