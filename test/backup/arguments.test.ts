import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';

const read = (line: string) => readArguments(line.split(' '));

describe('countersign backup', () => {
  it.each([
    ['backup create', []],
    ['backup create /b/one.bkup', ['/b/one.bkup']],
    ['backup ship /second', ['/second']],
    ['backup drill --json', []],
    ['backup status', []],
    ['backup restore /b/one.bkup --to /new.vault', ['/b/one.bkup']],
  ])('reads %s', (line, rest) => {
    expect(read(line)).toMatchObject({ command: 'backup', operands: [line.split(' ')[1], ...rest] });
  });

  it('reads the record as a whole number', () => {
    expect(read('backup restore /b --to /n --record 42')).toMatchObject({ to: '/n', record: 42n });
  });

  it.each([
    'backup',
    'backup everything',
    'backup ship',
    'backup restore /b',
    'backup restore --to /n',
    'backup restore /b /c --to /n',
    'backup drill now',
    'backup restore /b --to /n --record last',
    'verify --to /n',
  ])('refuses %s', (line) => {
    expect(() => read(line)).toThrow();
  });
});
