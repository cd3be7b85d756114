/** A transaction as the conditions of rules read it: folded once, whatever number of rules asks. Pure. */
import { fold } from '../reconciliation/index.ts';
import type { TransactionForMatching } from '../statements/index.ts';

/** Longest text that conditions look at: what lies beyond cannot hold the engine up. */
const TEXT_LIMIT = 4_000;

/** Without case, accents and punctuation, words one blank apart. */
export const plain = (text: string): string =>
  fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** An account number without blanks and signs. */
export const compact = (text: string): string => fold(text).replace(/[^A-Z0-9]/g, '');

/** `PMNT/RCDT-ESCT` as its steps. */
export const codeSteps = (code: string): string[] =>
  code
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((step) => step !== '');

export interface ReadLine {
  readonly row: TransactionForMatching;
  /** Names of the other side, folded: of a credit whoever pays, of a debit whoever is paid. */
  names(): readonly string[];
  account(): string;
  /** Remittance with a blank before and after it, so that whole words are found. */
  remittance(): string;
  code(): readonly string[];
  hasReference(): boolean;
}

function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: work() };
    return known.value;
  };
}

export function readLine(row: TransactionForMatching): ReadLine {
  const { content } = row;
  const isIn = row.direction === 'credit';
  const near = isIn ? content.debtor : content.creditor;
  const far = isIn ? content.ultimateDebtor : content.ultimateCreditor;
  return {
    row,
    names: once(() => [near?.name, far?.name].flatMap((name) => (name === undefined ? [] : [plain(name)]))),
    account: once(() => compact(near?.account ?? '')),
    remittance: once(() => ` ${plain(remittanceOf(row))} `),
    code: once(() => codeSteps(content.bankTransactionCode ?? '')),
    hasReference: once(
      () =>
        content.endToEndId !== undefined ||
        content.remittance.structured.some(({ reference }) => reference !== undefined),
    ),
  };
}

/** All that the payer and the bank wrote, up to the limit. */
function remittanceOf({ content }: TransactionForMatching): string {
  const { unstructured, structured } = content.remittance;
  let text = '';
  for (const part of [
    ...unstructured,
    ...structured.flatMap(({ reference, additional }) => [reference ?? '', ...(additional ?? [])]),
    content.additionalInfo ?? '',
  ]) {
    text += ` ${part}`;
    if (text.length >= TEXT_LIMIT) break;
  }
  return text.slice(0, TEXT_LIMIT);
}
