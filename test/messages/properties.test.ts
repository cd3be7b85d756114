import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount } from '../../src/contract/money.ts';
import { addDays, isCountersignError } from '../../src/main/base/index.ts';
import { makeIban, type ParseEvent, parseBytes } from '../../src/main/messages/index.ts';
import { FileParser } from '../../src/main/messages/parser.ts';
import {
  balance,
  bytesOf,
  camt,
  detail,
  entry,
  eventsOf,
  mt940,
  statement,
  transactionsOf,
} from './support.ts';

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const day = fc.integer({ min: 0, max: 9_000 }).map((days) => addDays('2001-01-01', days));
const minor = fc.bigInt({ min: 1n, max: 10n ** 13n });
const words = fc
  .string({
    unit: fc.constantFrom('a', 'B', '7', ' ', 'ä', 'ß', '€', '&', '<', "'", '-', '𝔘'),
    minLength: 1,
    maxLength: 30,
  })
  .map((text) => `x${text.replace(/ +/g, ' ').trim()}x`);
const token = fc
  .stringMatching(/^[A-Z0-9]{1,16}$/)
  .filter((text) => text !== 'NONREF' && text !== 'NOTPROVIDED');
const iban = fc
  .integer({ min: 0, max: 10 ** 9 })
  .map((number) => makeIban('DE', `37040044${String(number).padStart(10, '0')}`));

interface Line {
  readonly amountMinor: bigint;
  readonly credit: boolean;
  readonly date: string;
  readonly reference: string;
  readonly endToEndId: string;
  readonly name: string;
  readonly account: string;
  readonly text: string;
}

const line: fc.Arbitrary<Line> = fc.record({
  amountMinor: minor,
  credit: fc.boolean(),
  date: day,
  reference: token,
  endToEndId: token,
  name: words,
  account: iban,
  text: words,
});

const decimal = (amountMinor: bigint) => formatAmount(amountMinor < 0n ? -amountMinor : amountMinor, 'EUR');

function camtDetail(value: Line): string {
  const role = value.credit ? 'Dbtr' : 'Cdtr';
  return detail(
    `<Refs><AcctSvcrRef>${value.reference}</AcctSvcrRef><EndToEndId>${value.endToEndId}</EndToEndId></Refs>` +
      `<Amt Ccy="EUR">${decimal(value.amountMinor)}</Amt><CdtDbtInd>${value.credit ? 'CRDT' : 'DBIT'}</CdtDbtInd>` +
      `<RltdPties><${role}><Pty><Nm>${xml(value.name)}</Nm></Pty></${role}><${role}Acct><Id><IBAN>${value.account}</IBAN></Id></${role}Acct></RltdPties>` +
      `<RmtInf><Ustrd>${xml(value.text)}</Ustrd></RmtInf>`,
  );
}

const sumOf = (lines: readonly Line[]) =>
  lines.reduce((sum, { amountMinor, credit }) => sum + (credit ? amountMinor : -amountMinor), 0n);

function closingText(opening: bigint, lines: readonly Line[]): [sign: string, amount: string] {
  const closing = opening + sumOf(lines);
  return [closing < 0n ? 'DBIT' : 'CRDT', decimal(closing)];
}

function camtFile(opening: bigint, lines: readonly Line[], prefix: string): string {
  const [sign, amount] = closingText(opening, lines);
  const entries = lines.map((value) =>
    entry({
      amount: decimal(value.amountMinor),
      sign: value.credit ? 'CRDT' : 'DBIT',
      dates: `<BookgDt><Dt>${value.date}</Dt></BookgDt>`,
      details: camtDetail(value),
    }),
  );
  const balances =
    balance('OPBD', decimal(opening), '2001-01-01') + balance('CLBD', amount, '2030-01-01', sign);
  return camt(statement(balances + entries.join('\n')), { prefix });
}

/** What a transaction says of the line it came from. */
function toLine(transaction: ReturnType<typeof transactionsOf>[number]): Line {
  const credit = transaction.direction === 'credit';
  const party = credit ? transaction.debtor : transaction.creditor;
  return {
    amountMinor: transaction.amountMinor,
    credit,
    date: transaction.bookingDate,
    reference: transaction.accountServicerReference ?? '',
    endToEndId: transaction.endToEndId ?? '',
    name: party?.name ?? '',
    account: party?.account ?? '',
    text: transaction.remittance.unstructured.join('|'),
  };
}

function inPieces(bytes: Uint8Array, size: number): ParseEvent[] {
  const parser = new FileParser('f');
  for (let at = 0; at < bytes.length; at += size) parser.write(bytes.subarray(at, at + size));
  parser.end();
  const events: ParseEvent[] = [];
  for (let event = parser.next(); event !== undefined; event = parser.next()) events.push(event);
  return events;
}

describe('written and read back', () => {
  it('camt.053, entry by entry, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        minor,
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('', 'n'),
        (opening, lines, prefix) => {
          const bytes = bytesOf(camtFile(opening, lines, prefix));
          const events = parseBytes(bytes, 'f');
          expect(transactionsOf(events).map(toLine)).toEqual(lines);
          expect(eventsOf(events, 'statement-end')[0]?.balanceChecks).toMatchObject([
            { outcome: 'balanced' },
          ]);
          expect(inPieces(bytes, 40_000)).toEqual(events);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('camt.053, as one batch entry', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 6 }), (lines) => {
        const sum = sumOf(lines);
        const batch = entry({
          amount: decimal(sum),
          sign: sum < 0n ? 'DBIT' : 'CRDT',
          dates: '<BookgDt><Dt>2025-03-10</Dt></BookgDt>',
          details: lines.map(camtDetail).join(''),
        });
        const read = transactionsOf(parseBytes(bytesOf(camt(statement(batch))), 'f'));
        expect(read.map(toLine)).toEqual(lines.map((value) => ({ ...value, date: '2025-03-10' })));
      }),
      { numRuns: 150 },
    );
  });

  it('MT940, with subfields wrapped at 65 characters', () => {
    const mtLine = line.map((value) => ({
      ...value,
      text: value.text.replaceAll('𝔘', 'u'),
      name: value.name.replaceAll('𝔘', 'u').slice(0, 27).trim(),
    }));
    fc.assert(
      fc.property(minor, fc.array(mtLine, { maxLength: 6 }), (opening, lines) => {
        const rendered = lines.map((value) => {
          const details = `166?00GUTSCHRIFT?20EREF+${value.endToEndId}?21SVWZ+${value.text}?31${value.account}?32${value.name}`;
          const wrapped = details.match(/.{1,65}/g)?.join('\r\n') ?? '';
          const shortDate = value.date.slice(2).replaceAll('-', '');
          const amount = decimal(value.amountMinor).replace('.', ',');
          return `:61:${shortDate}${value.credit ? 'C' : 'D'}${amount}NTRFNONREF//${value.reference}\r\n:86:${wrapped}\r\n`;
        });
        const closing = opening + sumOf(lines);
        const text = mt940(rendered.join(''), {
          opening: `C010101EUR${decimal(opening).replace('.', ',')}`,
          closing: `${closing < 0n ? 'D' : 'C'}300101EUR${decimal(closing).replace('.', ',')}`,
        });
        const events = parseBytes(bytesOf(text), 'f');
        expect(transactionsOf(events).map(toLine)).toEqual(lines);
        expect(eventsOf(events, 'statement-end')[0]?.balanceChecks).toMatchObject([{ outcome: 'balanced' }]);
        expect(inPieces(bytesOf(text), 33_000)).toEqual(events);
      }),
      { numRuns: 150 },
    );
  });
});

describe('hostile bytes', () => {
  const samples = [
    camtFile(5n, [], ''),
    camt(
      statement(
        balance('OPBD', '1', '2025-03-10') +
          entry({
            details: detail(
              '<Refs><EndToEndId>E</EndToEndId></Refs><RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>',
            ),
          }),
      ),
      { prefix: 'n' },
    ),
    mt940(
      ':61:2503100311CR10,00NTRFREF//B\r\n:86:166?00GUT?20EREF+E?21SVWZ+x?32ANNA\r\n:61:250310D1,NCHK1\r\n:86:/EREF/E/REMI/x\r\n',
    ),
    ':20:I\r\n:25:X\r\n:28C:1\r\n:34F:EUR1,\r\n:13D:2503101430+0100\r\n:61:250310ED4,NTRFX\r\n:90D:1EUR4,\r\n-\r\n',
    'customer_id,name,country,ibans,aliases\nC1,"A, B",DE,DE89370400440532013000,x|y\n',
    'invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until\nR,C,invoice,2025-03-01,2025-03-31,EUR,1.00,,2.5,2025-03-15\n',
  ].map((text) => bytesOf(text));

  /** Parses; whatever is wrong with the bytes, the error is ours and names the file. */
  const survives = (bytes: Uint8Array): 'read' | 'refused' => {
    try {
      parseBytes(bytes, 'hostile');
      return 'read';
    } catch (error) {
      if (!isCountersignError(error)) throw error;
      expect(error.details.file).toBe('hostile');
      return 'refused';
    }
  };

  it('never fails otherwise than by a refusal: every truncation of every format', () => {
    let refused = 0;
    for (const bytes of samples) {
      expect(survives(bytes)).toBe('read');
      for (let end = 0; end < bytes.length; end++)
        if (survives(bytes.subarray(0, end)) === 'refused') refused++;
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  it('never fails otherwise than by a refusal: bytes changed, doubled and moved', () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 0, max: 255 }),
      length: fc.integer({ min: 0, max: 20 }),
      to: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (sample, changes) => {
          let bytes = Buffer.from(sample);
          for (const { at, byte, length, to } of changes) {
            const from = at % bytes.length;
            const piece = bytes.subarray(from, from + length);
            const place = to % bytes.length;
            bytes = Buffer.concat([
              bytes.subarray(0, place),
              length === 0 ? Buffer.from([byte]) : piece,
              bytes.subarray(place + (byte % 3)),
            ]);
            if (bytes.length === 0) bytes = Buffer.from(sample);
          }
          survives(bytes);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('never fails otherwise than by a refusal: random bytes behind a true beginning', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.uint8Array({ maxLength: 300 }),
        (sample, cut, tail) => {
          survives(Buffer.concat([sample.subarray(0, cut % sample.length), tail]));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
