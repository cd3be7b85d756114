import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, isCountersignError } from '../../src/main/base/index.ts';
import {
  type InstantKind,
  type InstantMessage,
  makeIban,
  readInstant,
  type WrittenItem,
  type WrittenMessage,
  writeInstant,
} from '../../src/main/messages/index.ts';
import { keysOf } from '../../src/main/messages/instant-transaction.ts';
import { valuesOf } from './instant-support.ts';

const minor = fc.bigInt({ min: 1n, max: 10n ** 15n });
const words = fc
  .array(
    fc.constantFrom('a', 'B', '7', ' ', 'ä', '€', '&', '<', '>', '"', "'", '\\', '/', ']]>', '𝔘', '\t'),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((letters) => `x${letters.join('')}x`);
const token = fc
  .stringMatching(/^[A-Z0-9]{1,16}$/)
  .filter((text) => !text.startsWith('RF') && text !== 'NOTPROVIDED');
const day = fc.integer({ min: 0, max: 9_000 }).map((days) => addDays('2001-01-01', days));
const iban = fc
  .bigInt({ min: 0n, max: 10n ** 18n - 1n })
  .map((n) => makeIban('DE', String(n).padStart(18, '0')));
const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD');
const money = fc.record({ amountMinor: minor, currency });
const reason = fc.constantFrom('AC04', 'FRAD', 'FOCR');
const uetr = fc.uuid({ version: 4 });
const optional = { requiredKeys: [] as [] };

const plainParty = fc.record({ name: words, country: fc.constantFrom('DE', 'NO', 'US') }, optional);
const fullParty = fc.record(
  {
    name: words,
    country: fc.constantFrom('DE', 'NO'),
    account: iban,
    bic: fc.constant('COBADEFFXXX'),
    bankCode: token,
  },
  optional,
);
const some = <T extends object>(party: fc.Arbitrary<T>) => party.filter((one) => Object.keys(one).length > 0);

const remittanceDocument = fc
  .record(
    { number: token, type: fc.constantFrom('CINV', 'CREN'), date: day, amountMinor: minor, dueMinor: minor },
    { requiredKeys: ['number'] },
  )
  .chain((document) =>
    document.amountMinor === undefined && document.dueMinor === undefined
      ? fc.constant(document)
      : currency.map((code) => ({ ...document, currency: code })),
  );
const remittance = fc.record({
  unstructured: fc.array(words, { maxLength: 3 }),
  structured: fc.array(
    some(
      fc.record(
        {
          reference: token,
          documents: fc.array(remittanceDocument, { minLength: 1, maxLength: 1 }),
          additional: fc.array(words, { minLength: 1, maxLength: 2 }),
        },
        optional,
      ),
    ),
    { maxLength: 2 },
  ),
});

const references = {
  endToEndId: token,
  uetr,
  transactionId: token,
  instructionId: token,
  clearingSystemReference: token,
  purpose: fc.constantFrom('SUPP', 'SALA'),
  debtor: some(fullParty),
  ultimateDebtor: some(plainParty),
  ultimateCreditor: some(plainParty),
  charges: fc.array(fc.record({ amountMinor: minor, currency, direction: fc.constant('debit' as const) }), {
    minLength: 1,
    maxLength: 2,
  }),
} as const;
const transferFields = {
  ...references,
  amountMinor: minor,
  currency,
  bookingDate: day,
  creditor: fullParty,
  account: iban,
  accountCurrency: currency,
  remittance,
};
interface KnownParty {
  readonly account: string;
  readonly name?: string;
  readonly bic?: string;
}
const ownAccount = ({ account, name, bic }: KnownParty, code?: string) => ({
  iban: account,
  ...(code === undefined ? {} : { currency: code }),
  ...(name === undefined ? {} : { ownerName: name }),
  ...(bic === undefined ? {} : { servicerBic: bic }),
});

const payment = fc
  .record(transferFields, {
    requiredKeys: ['amountMinor', 'currency', 'bookingDate', 'creditor', 'account', 'remittance'],
  })
  .map(({ account, accountCurrency, creditor: party, ...rest }): WrittenItem => {
    const creditor = { ...party, account } as KnownParty;
    const debtor = rest.debtor as KnownParty | undefined;
    const debited =
      debtor?.account === undefined ? [] : [{ account: ownAccount(debtor), direction: 'debit' }];
    const accounts = [{ account: ownAccount(creditor, accountCurrency), direction: 'credit' }, ...debited];
    const booking = { valueDate: rest.bookingDate, direction: 'credit', status: 'booked', reversal: false };
    // fast-check types an optional field as possibly undefined, which it never makes it.
    return { kind: 'payment', accounts, transaction: { ...rest, creditor, ...booking } } as WrittenItem;
  });

const entry = fc
  .record(
    {
      ...references,
      amountMinor: minor,
      currency,
      bookingDate: day,
      valueDate: day,
      creditor: some(fullParty),
      remittance,
      accountServicerReference: token,
      entryReference: token,
      bankTransactionCode: fc.constantFrom('PMNT/RCDT/ESCT', '166'),
      direction: fc.constantFrom('credit', 'debit'),
      status: fc.constantFrom('booked', 'pending', 'info'),
      reversal: fc.boolean(),
      additionalInfo: words,
      returnReason: reason,
    },
    {
      requiredKeys: [
        'amountMinor',
        'currency',
        'bookingDate',
        'remittance',
        'direction',
        'status',
        'reversal',
      ],
    },
  )
  .map(
    (transaction) =>
      ({
        kind: 'payment',
        accounts: [
          { account: { iban: 'DE89370400440532013000', currency: 'EUR' }, direction: transaction.direction },
        ],
        transaction,
      }) as unknown as WrittenItem,
  );

const original = some(
  fc.record(
    { uetr, endToEndId: token, transactionId: token, instructionId: token, clearingSystemReference: token },
    optional,
  ),
);
const status = fc.record(
  {
    kind: fc.constant('status' as const),
    original,
    originalMessageId: token,
    status: fc.constantFrom('RJCT', 'ACSC'),
    reason,
    originalAmount: money,
  },
  { requiredKeys: ['kind', 'original', 'status'] },
);
const returned = fc.record(
  {
    kind: fc.constant('return' as const),
    original,
    originalMessageId: token,
    keys: fc.record({ transactionId: token, clearingSystemReference: token }, optional),
    returned: money,
    settlementDate: day,
    reason,
  },
  { requiredKeys: ['kind', 'original', 'keys', 'returned'] },
);
const recall = fc.record(
  {
    kind: fc.constant('recall' as const),
    original,
    originalMessageId: token,
    caseId: token,
    reason,
    originalAmount: money,
  },
  { requiredKeys: ['kind', 'original'] },
);

const message = <T extends WrittenItem>(
  kind: InstantKind,
  item: fc.Arbitrary<T>,
  rail?: fc.Arbitrary<never>,
) =>
  fc.record(
    {
      kind: fc.constant(kind),
      messageId: token,
      createdAt: day.map((date) => `${date}T10:00:00Z`),
      // A notification is its account's bank's own.
      ...(kind === 'camt.054' ? {} : { sender: fc.constantFrom('BANKDEFFXXX', 'OTHRFRPP') }),
      items: fc.array(item, { minLength: 1, maxLength: 3 }),
      ...(rail === undefined ? {} : { rail }),
    },
    { requiredKeys: ['kind', 'messageId', 'items'] },
  ) as fc.Arbitrary<WrittenMessage>;

const rail = fc.constantFrom('fednow', 'rtp', 'sepa-instant', 'fedwire', 'swift-gpi') as fc.Arbitrary<never>;
const anyMessage = fc.oneof(
  message('pacs.008', payment, rail),
  message('pacs.002', status as fc.Arbitrary<WrittenItem>, rail),
  message('pacs.004', returned as fc.Arbitrary<WrittenItem>, rail),
  message('camt.056', recall as fc.Arbitrary<WrittenItem>, rail),
  message('camt.054', entry),
);
const envelopes = fc.constantFrom(undefined, 'business' as const);

/** A message as it was written, with what reading adds to it of itself. */
function asRead(written: WrittenMessage): unknown {
  const items = written.items.map((item, i) => {
    if (item.kind !== 'payment') return item;
    const transaction = { ...item.transaction, index: i, entryIndex: i };
    return { ...item, transaction, keys: keysOf(transaction as never) };
  });
  const [first] = written.items;
  const bic =
    written.kind === 'camt.054' && first?.kind === 'payment'
      ? first.accounts[0]?.account.servicerBic
      : undefined;
  const sender = bic === undefined ? {} : { sender: bic };
  return valuesOf({ ...written, ...sender, items } as unknown as InstantMessage);
}

function withoutAdded(message: InstantMessage): unknown {
  const { version: _version, warnings: _warnings, ...rest } = message;
  return valuesOf(rest as InstantMessage);
}

describe('a single message', () => {
  it('is read as it was written, in either form', () => {
    fc.assert(
      fc.property(anyMessage, envelopes, (written, envelope) => {
        const expected = asRead(written);
        for (const form of ['json', 'xml'] as const) {
          const read = readInstant(Buffer.from(writeInstant(written, form, envelope)));
          expect(read.form).toBe(form);
          expect(withoutAdded(read)).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the same in a rail's own envelope, which tells the rail", () => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom('fednow' as const, 'rtp' as const), (written, envelope) => {
        const { rail: _rail, ...plain } = written;
        for (const form of ['json', 'xml'] as const) {
          const read = readInstant(Buffer.from(writeInstant(plain, form, envelope)));
          expect(withoutAdded(read)).toEqual({ ...(asRead(plain) as object), rail: envelope });
        }
      }),
      { numRuns: 100 },
    );
  });

  const outcome = (bytes: Uint8Array): string => {
    try {
      return readInstant(bytes).kind;
    } catch (error) {
      if (!isCountersignError(error)) throw error;
      return error.code;
    }
  };

  it('is refused with an error of our own when its bytes are cut', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.constantFrom('json', 'xml'),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (written, form, share) => {
          const bytes = Buffer.from(writeInstant(written, form as 'json' | 'xml', 'business'));
          expect(outcome(bytes.subarray(0, Math.floor(bytes.length * share)))).not.toBe(written.kind);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is refused so, or read, when bytes are changed', () => {
    const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(anyMessage, fc.constantFrom('json', 'xml'), changes, (written, form, all) => {
        const bytes = Buffer.from(writeInstant(written, form as 'json' | 'xml'));
        for (const [share, byte] of all) bytes[Math.floor(bytes.length * share)] = byte;
        expect(outcome(bytes)).toMatch(/^[A-Za-z_.0-9]+$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
