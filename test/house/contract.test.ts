import { describe, expect, it } from 'vitest';
import { permissions } from '../../src/contract/common.ts';
import { contract, errorMeanings } from '../../src/contract/index.ts';
import { filesUnder } from './files.ts';

interface Definition {
  readonly meta: {
    readonly permission?: string;
    readonly command?: boolean;
    readonly looks?: boolean;
    readonly own?: boolean;
  };
}

/** Every procedure of the contract under its name. */
function procedures(place: object, path: readonly string[] = []): [string, Definition][] {
  return Object.entries(place).flatMap(([name, value]) => {
    const here = [...path, name];
    return '~orpc' in (value as object)
      ? [[here.join('.'), (value as { '~orpc': Definition })['~orpc']] as [string, Definition]]
      : procedures(value as object, here);
  });
}

const all = procedures(contract);

describe('the contract', () => {
  it('has procedures', () => {
    expect(all.length).toBeGreaterThan(40);
  });

  it.each(all)('%s names the permission it needs', (_, { meta }) => {
    expect(permissions).toContain(meta.permission);
  });

  it('lets nobody without a session do more than open a vault', () => {
    const open = all.filter(([, { meta }]) => meta.permission === 'open').map(([name]) => name);
    expect(
      open.every((name) =>
        /^(vault|system\.health|jobs\.watch|session\.(current|peopleOfDemo|cardInReader|cardOfDemo|signIn|signOut|touch)$)/.test(
          name,
        ),
      ),
      open.join(', '),
    ).toBe(true);
  });

  it('marks what changes something as a command', () => {
    const changing =
      /\.(create|begin|write|finish|post|reverse|confirm|reject|undo|run|close|lock|demo|cancel)\w*$|\.open(Demo)?$/;
    const unmarked = all.filter(([name, { meta }]) => changing.test(name) && meta.command !== true);
    expect(unmarked.map(([name]) => name)).toEqual([]);
  });

  it('opens to who changes nothing only what records a look, and what is their own', () => {
    const excepted = all.filter(([, { meta }]) => meta.looks || meta.own).map(([name]) => name);
    expect(excepted.sort()).toEqual([
      'audit.checkpoint',
      'audit.exportTiles',
      'audit.receipt',
      'audit.takeCosigned',
      'audit.witness',
      'breaks.attachment',
      'breaks.exportProof',
      'connectors.deadLetterRaw',
      'operators.changePassphrase',
      'operators.endBreakGlass',
      'privacy.unmask',
      'views.remove',
      'views.save',
    ]);
  });

  it('says of every error in one sentence what it means', () => {
    const meanings = Object.entries(errorMeanings);
    expect(meanings.length).toBeGreaterThan(50);
    for (const [code, meaning] of meanings) {
      expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
      expect(meaning, code).toMatch(/^[A-Z].{8,}[.]$/s);
    }
  });

  it('declares every error once', () => {
    const declared = filesUnder(['src/contract'], /\.ts$/).flatMap(({ text }) =>
      [...text.matchAll(/export const \w+Errors = \{([\s\S]*?)\n\} as const/g)].flatMap((block) =>
        [...block[1]!.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map((match) => match[1]!),
      ),
    );
    expect(declared.length).toBe(Object.keys(errorMeanings).length);
    expect(new Set(declared).size).toBe(declared.length);
  });
});
