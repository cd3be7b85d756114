/** Whatever order messages and statements come in, after a full match the books and the matches are the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import { camt053 } from '../reconciliation/support.ts';
import {
  camt054,
  type InstantDesk,
  NORD,
  openInstantDesk,
  pacs002,
  pacs004,
  pacs008,
  takenBack,
} from './support.ts';

const uetr = (n: number) => `8a562c67-ca16-48ba-b074-65581be6f00${n}`;
const key = (n: number) => ({ uetr: uetr(n), endToEndId: `E${n}` });

type Event = { readonly message: InstantMessage } | { readonly file: string; readonly name: string };

/** Two statements that follow each other: the first two payments and one of nobody, then the return's line. */
function statements(): Event[] {
  const first = camt053({
    id: 'S-20',
    date: '2026-11-20',
    openingMinor: 0n,
    lines: [
      { amount: '1190.17', endToEndId: 'E1' },
      { amount: '980.00', name: NORD.name, text: 'INV-2026-1004' },
      { amount: '755.80', endToEndId: 'E3' },
      { amount: '44.10', name: 'Nobody Known', text: 'thanks' },
      { amount: '2380.35', endToEndId: 'E5', servicerReference: 'A-5' },
    ],
  });
  const second = camt053({
    id: 'S-23',
    date: '2026-11-23',
    openingMinor: first.closingMinor,
    lines: [
      { amount: '755.80', direction: 'debit', endToEndId: 'E3' },
      { amount: '190.17', direction: 'debit', endToEndId: 'E1' },
      // Of this return no message tells.
      { amount: '980.00', direction: 'debit', endToEndId: 'E2', returnReason: 'AC04', uetr: uetr(2) },
    ],
  });
  return [
    { file: first.xml, name: 's20.xml' },
    { file: second.xml, name: 's23.xml' },
  ];
}

/** A payment that three messages tell of: two share no reference, and the third carries those of both. */
const BOTH = { ...key(5), accountServicerReference: 'A-5' };

/** In their natural order. */
function events(): Event[] {
  const [first, second] = statements();
  const messages: InstantMessage[] = [
    pacs008({ amount: '1190.17', text: 'INV-2026-1001', keys: key(1) }, 'A1'),
    camt054({ amount: '1190.17', keys: { endToEndId: 'E1' } }, 'A2'),
    // The bank loses every reference of this one.
    pacs008({ amount: '980.00', text: 'INV-2026-1004', keys: key(2), debtor: NORD }, 'A3'),
    pacs008({ amount: '755.80', text: 'INV-2026-1003', keys: key(3) }, 'A4'),
    pacs008({ amount: '310.20', text: 'INV-2026-1006', keys: key(4) }, 'A5'),
    pacs002(key(4), 'RJCT', 'A6'),
    pacs002(key(1), 'ACSC', 'A7'),
    pacs008({ amount: '2380.35', text: 'INV-2026-1002', keys: { uetr: uetr(5) } }, 'B1'),
    camt054({ amount: '2380.35', keys: { accountServicerReference: 'A-5' } }, 'B2'),
    camt054({ amount: '2380.35', keys: BOTH }, 'B3'),
  ];
  const back = [
    pacs004(key(3), '755.80', 'A8'),
    pacs004(key(1), '190.17', 'A9'),
    takenBack('190.17', { endToEndId: 'E1', accountServicerReference: 'S-23-1' }, 'B4'),
  ];
  return [
    ...messages.map((message) => ({ message })),
    first!,
    ...back.map((message) => ({ message })),
    second!,
  ];
}

async function play(order: readonly Event[]): Promise<unknown> {
  const desk = await openInstantDesk();
  try {
    for (const event of order) {
      if ('message' in event) desk.send(event.message);
      else await desk.import(event.name, event.file);
    }
    await desk.run();
    return await standing(desk);
  } finally {
    desk.close();
  }
}

async function standing(desk: InstantDesk): Promise<unknown> {
  const { rows } = desk.reconciliation.matches({ limit: 100 });
  const matches = rows
    .map(({ amount, direction, status, items }) => JSON.stringify([amount, direction, status, items]))
    .sort();
  const { findings } = desk.instant.verifyTransit();
  const items = await desk.receivables.verifyItems();
  const bank = await desk.statements.verifyBank();
  return {
    payments: desk.instant
      .payments({ limit: 50 })
      .rows.map(({ amountMinor, returnedMinor, state }) => `${amountMinor} ${returnedMinor} ${state}`)
      .sort(),
    ...{ balances: desk.balances(), matches, counts: desk.reconciliation.counts() },
    findings: [...findings, ...items.findings, ...bank.findings],
  };
}

test('every order of arrival ends in the same state', { timeout: 600_000 }, async () => {
  const expected = await play(events());
  expect(expected).toMatchObject({ findings: [] });
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...events().keys()], { minLength: events().length }),
      async (order) => {
        const all = events();
        expect(await play(order.map((at) => all[at]!))).toEqual(expected);
      },
    ),
    { numRuns: 40, seed: 6, endOnFailure: true },
  );
});
