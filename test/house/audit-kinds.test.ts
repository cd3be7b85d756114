import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fromRoot } from '../../build/lib/paths.mjs';
import { t } from '../../src/renderer/src/audit/messages.ts';

const sources = readdirSync(fromRoot('src', 'main'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(fromRoot('src', 'main', name), 'utf8'));

it('every kind of audit record that stands in the source has words on the audit screens', () => {
  const kinds = sources.flatMap((source) =>
    [...source.matchAll(/audit\.record\(\{\s*kind: '([a-z.-]+)'/g)].map(([, kind]) => kind!),
  );
  expect(kinds.length).toBeGreaterThan(50);
  expect([...new Set(kinds)].filter((kind) => !t.has(`kind.${kind}`))).toEqual([]);
});
