import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBigCamt } from '../../build/sample-data/big.ts';
import { REPOSITORY, smallWorld } from './world.ts';

/** ISO's schema is not ours to keep in the repository; where it lies beside it, our files are held against it. */
const SCHEMA = resolve(REPOSITORY, '../shared/samples/xsd/camt.053.001.08.xsd');
const hasLint = spawnSync('xmllint', ['--version']).status === 0;
const absent = [
  ...(existsSync(SCHEMA) ? [] : [`no schema at ${SCHEMA}`]),
  ...(hasLint ? [] : ['no xmllint on the path']),
].join(' and ');

const folder = mkdtempSync(join(tmpdir(), 'countersign-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function validate(paths: readonly string[]): string {
  const lint = spawnSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, ...paths], {
    encoding: 'utf8',
  });
  return lint.stderr
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith(' validates'))
    .join('\n');
}

describe(`camt.053 against the schema of ISO 20022${absent ? `: not checked, ${absent}` : ''}`, () => {
  it.skipIf(absent !== '')('every statement file of three worlds validates', () => {
    const paths: string[] = [];
    for (const seed of [31, 32, 33]) {
      for (const file of smallWorld(seed).files.filter(({ name }) => name.endsWith('.xml'))) {
        const path = join(folder, `${seed}-${file.name}`);
        writeFileSync(path, file.bytes);
        paths.push(path);
      }
    }
    expect(paths.length).toBeGreaterThan(20);
    expect(validate(paths)).toBe('');
  });

  it.skipIf(absent !== '')('and so do large files, plain and in one batch', async () => {
    const paths: string[] = [];
    for (const shape of [{ entries: 300 }, { entries: 2, txDetailsPerEntry: 150 }]) {
      const chunks: Buffer[] = [];
      await writeBigCamt({ ...shape, seed: 9 }, (chunk) => {
        chunks.push(chunk);
        return undefined;
      });
      const path = join(folder, `big-${paths.length}.xml`);
      writeFileSync(path, Buffer.concat(chunks));
      paths.push(path);
    }
    expect(validate(paths)).toBe('');
  });

  it('finds a file that does not', () => {
    if (absent) return expect(absent).toMatch(/no (schema|xmllint)/);
    const path = join(folder, 'wrong.xml');
    const text = smallWorld(31)
      .files.find(({ name }) => name.endsWith('.xml'))!
      .bytes.toString('utf8');
    writeFileSync(path, text.replace('<CdtDbtInd>CRDT</CdtDbtInd>', '<CdtDbtInd>BOTH</CdtDbtInd>'));
    return expect(validate([path])).toContain('BOTH');
  });
});
