/** What a line and a payment have in common where the bank lost every reference. Pure. */
import type { Party } from '../messages/index.ts';
import type { PaymentContent } from '../reconciliation/index.ts';

/** Text that is too short to be told from chance. */
const LEAST_TEXT = 6;

const compact = (text: string | undefined): string =>
  (text ?? '')
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '');

/** Whether one text stands in the other, however they are spaced and cut. */
function overlap(left: string, right: string): boolean {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return short.length >= LEAST_TEXT && long.includes(short);
}

/** The words of a name, legal forms and all, whatever their order. */
function sameName(left: Party | undefined, right: Party | undefined): boolean {
  const words = (party: Party | undefined) =>
    (party?.name ?? '')
      .normalize('NFKD')
      .toUpperCase()
      .split(/[^A-Z0-9]+/)
      .filter(Boolean)
      .sort()
      .join(' ');
  const [own, other] = [words(left), words(right)];
  return own !== '' && own === other;
}

function remittanceOf({ remittance }: PaymentContent): string {
  const structured = remittance.structured.flatMap(({ reference, documents }) => [
    reference ?? '',
    ...(documents ?? []).map(({ number }) => number ?? ''),
  ]);
  return compact([...remittance.unstructured, ...structured].join(' '));
}

/**
 * How much speaks for a line being that of a payment of the same account, amount and days: 0 where
 * something speaks against it or nothing for it.
 */
export function commonEvidence(
  payment: PaymentContent,
  line: PaymentContent,
  direction: 'credit' | 'debit',
): number {
  const side = direction === 'credit' ? 'debtor' : 'creditor';
  const far = direction === 'credit' ? 'ultimateDebtor' : 'ultimateCreditor';
  const [own, other] = [compact(payment[side]?.account), compact(line[side]?.account)];
  if (own !== '' && other !== '' && own !== other) return 0;
  let found = own !== '' && own === other ? 2 : 0;
  if (sameName(payment[side], line[side]) || sameName(payment[far], line[side])) found += 1;
  const told = compact(`${line.remittance.unstructured.join(' ')} ${line.additionalInfo ?? ''}`);
  if (overlap(remittanceOf(payment), remittanceOf(line)) || overlap(remittanceOf(payment), told)) found += 2;
  return found;
}
