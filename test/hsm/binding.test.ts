import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildBinding, isBindingBuilt } from '../../build/lib/binding.mjs';

test('the binding is built by name where the package came without it', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-binding-'));
  try {
    cpSync('node_modules/pkcs11js', folder, {
      recursive: true,
      dereference: true,
      filter: (source) => !/pkcs11js\/build(\/|$)/.test(source),
    });
    expect(isBindingBuilt(folder)).toBe(false);
    expect(await buildBinding(folder)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('where there is nothing to build it says so and does no harm', async () => {
  expect(await buildBinding('/none')).toBe(false);
});
