import type { intake as intakeContract } from '../../../contract/intake.ts';
import type { Act } from '../../approvals/index.ts';
import type { InputOf } from './input.ts';
import { line, rendered, told } from './lines.ts';

type Begin = InputOf<typeof intakeContract.begin>;

/**
 * Taking a file in is one person's work; taking one in that does not add up is not. The file itself
 * comes after the request, so what is agreed to is its hash.
 */
const begin: Act = {
  bringsAnew: true,
  isGoverned: (input) => (input as Begin).acceptDifference !== undefined,
  facts: () => ({ amounts: [], count: 1 }),
  render(input) {
    const { fileName, sizeBytes, acceptDifference } = input as Begin;
    return rendered({
      title: 'Take in a statement that does not add up',
      lines: [
        told('File', fileName),
        ...(sizeBytes === null ? [] : [told('Size', `${sizeBytes} bytes`)]),
        told('SHA-256 of the file', acceptDifference?.sha256 ?? 'none'),
        line('A difference between balances and lines', 'refused', 'posted to Statement differences'),
        told('Reason', acceptDifference?.reason ?? 'none'),
      ],
      sources: [{ label: 'Imports', to: '/statements/imports' }],
    });
  },
};

/** Files on their way in. */
export const intakeActs: Readonly<Record<string, Act>> = { 'intake.begin': begin };
