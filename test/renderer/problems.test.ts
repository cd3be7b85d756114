import { describe, expect, it } from 'vitest';
import { errorMeanings } from '../../src/contract/errors.ts';
import {
  problemOf,
  saysMore,
  whatHappened,
  whatItMeansForTheMoney,
  whatToDo,
} from '../../src/renderer/src/kit/problems.ts';

describe('problemOf', () => {
  it('reads the code, the sentence and the place of a refusal', () => {
    const error = Object.assign(new Error('Line 88 is not a number.'), {
      code: 'CSV_VALUE_INVALID',
      data: { line: 88, path: 'amount' },
    });
    expect(problemOf(error)).toEqual({
      code: 'CSV_VALUE_INVALID',
      message: 'Line 88 is not a number.',
      details: { line: 88, path: 'amount' },
    });
  });

  it('calls what it does not know a fault of the console', () => {
    expect(problemOf('odd').code).toBe('INTERNAL');
    expect(problemOf(new TypeError('x is undefined')).code).toBe('INTERNAL');
  });

  it('takes a problem as it is', () => {
    const problem = { code: 'NOT_FOUND', message: null, details: {} };
    expect(problemOf(problem)).toBe(problem);
  });
});

describe('every code of the contract', () => {
  it.each(Object.keys(errorMeanings))('%s says what happened, what it means and what to do', (code) => {
    const problem = { code, message: null, details: {} };
    for (const sentence of [whatHappened(problem), whatItMeansForTheMoney(problem), whatToDo(problem)]) {
      expect(sentence).toMatch(/^[A-Z].{8,}\.?$/s);
      expect(sentence).not.toMatch(/[{}]/);
    }
  });

  it.each([
    ['STATEMENT_DOES_NOT_ADD_UP', /refused whole/, /stated reason/],
    ['VAULT_DAMAGED', /backup/, /backup/i],
    ['VAULT_PASSPHRASE_WRONG', /closed/, /Caps Lock/],
    ['MATCH_STALE', /Nothing was written/, /Refresh/],
    ['CONNECTION_LOST', /acknowledged/, /reconnects/],
  ])('%s', (code, money, remedy) => {
    const problem = { code, message: null, details: {} };
    expect(whatItMeansForTheMoney(problem)).toMatch(money);
    expect(whatToDo(problem)).toMatch(remedy);
  });
});

describe('saysMore', () => {
  it.each([
    [
      'No key slot of this vault opens with that passphrase.',
      'No key slot opens with that passphrase.',
      false,
    ],
    ['A fault of the console itself.', 'A fault of the console itself. Nothing was written.', false],
    ['The file ends at line 412 inside Ntry.', 'The file ends before the message does.', true],
  ])('%s', (message, happened, expected) => expect(saysMore(message, happened)).toBe(expected));
});
