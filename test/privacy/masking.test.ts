import { eventIterator, getEventIteratorSchemaDetails } from '@orpc/contract';
import { traverseContractProcedures } from '@orpc/server';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { accountNumber, masks, partyName } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import { maskOutput } from '../../src/main/base/masking.ts';
import { MASKS } from '../../src/main/base/masks.ts';

interface Field {
  readonly at: string;
  readonly name: string;
  readonly declared: boolean;
}

/** Every text field of a schema with the names that lead to it. */
function* fieldsOf(schema: unknown, at: string, name: string, seen = new Set<unknown>()): Generator<Field> {
  if (schema === undefined || seen.has(schema)) return;
  const events = getEventIteratorSchemaDetails(schema as never);
  if (events) return yield* fieldsOf(events.yields, at, name, seen);
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type === 'string') return yield { at, name, declared: masks.has(schema as never) };
  const inner = new Set([...seen, schema]);
  if (def.type === 'object') {
    for (const [key, part] of Object.entries(def.shape)) yield* fieldsOf(part, `${at}.${key}`, key, inner);
  } else if (def.type === 'array') yield* fieldsOf(def.element, at, name, inner);
  else if (def.type === 'record') yield* fieldsOf(def.valueType, `${at}.*`, '*', inner);
  else if (def.type === 'union') for (const part of def.options) yield* fieldsOf(part, at, name, inner);
  else if ('innerType' in def) yield* fieldsOf(def.innerType, at, name, inner);
}

/** Names that say: here stands who somebody is, what their account is, or what they wrote. */
const TELLING =
  /^(iban|ibans|number|account|accountNumber|owner|ownerName|counterparty|debtor|creditor|payer|payee|name|customerName|partyName|alias|aliases|remittance\w*|structuredReferences?|memo|note|detail|title|additionalInfo|mandateId|file|fileName|endToEndId|accountServicerReference|reference|party)$/i;

/** What is called so and is neither an account number nor a name of a customer or counterparty. */
const EXCEPTIONS = new Map<RegExp, string>([
  [/^(vault|system)\./, 'names of vaults, checks and files on this machine'],
  [/^session\.\w+\.(operator|people)\.name$/, 'an operator of ours'],
  [/^approvals\.\w+(\.rows|\.rendered)?\.title$/, 'titles of commands'],
  [/^approvals\.(exportPacket|answerPacket|card)\.name$/, 'the name of a file that the program makes'],
  [/^audit\.replay\.accounts\.name$/, 'ledger accounts carry role names'],
  [/^policies\./, 'titles of policies, and operators of ours'],
  [/^operators\./, 'operators of ours'],
  [/^keys\./, 'names of keys, policies and who owns them'],
  [/^inventory\./, 'names of algorithms'],
  [/^hsm\./, 'names of tokens, keys and mechanisms'],
  [/^ceremonies\./, 'operators of ours, and the name of a file that the program makes'],
  [/^incidents\.\w+(\.rows)?\.(title|owner)$/, 'sentences of the program; an operator of ours'],
  [
    /^incidents\.get\.timeline\.note$/,
    'sentences of the program and names of ours; what people wrote is declared',
  ],
  [/^breaks\.\w+(\.rows)?\.(owner|ownerName)$|^breaks\.\w+\.people\.name$/, 'operators of ours'],
  [/^breaks\.exportProof\.fileName$/, 'the name of a file that the program makes'],
  [/^ledger\.\w+(\.\w+)*\.(name|accountName)$/, 'ledger accounts carry role names'],
  [/^backup\.drill\.checks\.name$/, 'names of checks'],
  [/^audit\.checkpoints?(\.rows)?\.note$/, 'a signed head of the log'],
  [/^audit\.(receipt|trust|showTo)\.name$/, 'the name of a file that the program makes'],
  [/^views\./, 'what one wrote oneself, shown to nobody else'],
  [/^search\.query\.hits\.title$/, 'an invoice number or a code; the hits with names are declared'],
  [/^compliance\.finish\.result\.reference$/, 'refused where parties may not be seen, see compliance.begin'],
]);

const fields: Field[] = [];
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  const { outputSchema } = procedure['~orpc'];
  if (outputSchema) fields.push(...fieldsOf(outputSchema, path.join('.'), ''));
});

describe('the contract', () => {
  it('declares every field that tells who somebody is', () => {
    expect(fields.length).toBeGreaterThan(300);
    const telling = fields.filter(({ name }) => TELLING.test(name));
    expect(telling.filter(({ declared }) => declared).length).toBeGreaterThan(60);
    const used = new Set<RegExp>();
    const open = telling
      .filter(({ declared }) => !declared)
      .filter(({ at }) => {
        const exception = [...EXCEPTIONS.keys()].find((pattern) => pattern.test(at));
        if (exception) used.add(exception);
        return exception === undefined;
      });
    expect(open.map(({ at }) => at)).toEqual([]);
    expect([...EXCEPTIONS.keys()].filter((pattern) => !used.has(pattern)).map(String)).toEqual([]);
  });
});

test.each([
  ['account', 'DE02120300000000202051', 'DE02 •••• •••• 2051'],
  ['account', 'DE02 1203 0000 0000 2020 51', 'DE02 •••• •••• 2051'],
  ['account', '70120400/8765432000', '•••• 2000'],
  ['account', '12345', '••••'],
  ['account', 'erased', 'erased'],
  ['name', 'Mara Kessler', 'M••••• K•••••'],
  ['name', 'Öko Ähre Ümit Söhne GmbH', 'Ö••••• Ä••••• Ü•••••'],
  ['name', '𝔐ara', '𝔐•••••'],
  ['name', 'erased', 'erased'],
  ['name', '2026-11-20', '2026-11-20'],
  ['leading-name', 'Mara Kessler · Co · 12.00 EUR', 'M••••• K••••• C••••• · 12.00 EUR'],
  ['text', 'Rent November, Kessler', '•••'],
  ['text', '', ''],
  ['quoting', 'stmt-DE02120300000000202051-17.xml', 'stmt-DE02 •••• •••• 2051-17.xml'],
  ['quoting', '2026-11-20-eur-main.camt053.xml', '2026-11-20-eur-main.camt053.xml'],
  ['quoting', 'E2E 8765432000', 'E2E •••• 2000'],
  ['detail', '{"kind":"auto","n":3,"name":"mara kessler"}', '{"kind":"auto","n":3,"name":"•••"}'],
  ['detail', '{"kind":"Mara","code":"MATCH_STALE"}', '{"kind":"•••","code":"MATCH_STALE"}'],
  [
    'detail',
    '{"list":[{"memo":"x"},"DE02120300000000202051",true,null]}',
    '{"list":[{"memo":"•••"},"•••",true,null]}',
  ],
  ['detail', 'no json', '"•••"'],
] as const)('%s of %j is %j', (kind, clear, masked) => {
  expect(MASKS[kind](clear)).toBe(masked);
});

describe('an answer', () => {
  const name = partyName();
  const shapes: [string, z.ZodType, unknown, unknown][] = [
    ['nullable', z.object({ a: name.nullable() }), { a: null }, { a: null }],
    ['optional', z.object({ a: name.optional() }), {}, {}],
    ['array', z.array(name), ['Ada'], ['A•••••']],
    ['tuple', z.tuple([z.string(), name]), ['Ada', 'Bo'], ['Ada', 'B•••••']],
    ['tuple with a rest', z.tuple([z.string()], name), ['Ada', 'Bo', 'Cy'], ['Ada', 'B•••••', 'C•••••']],
    ['record', z.record(z.string(), name), { x: 'Ada' }, { x: 'A•••••' }],
    [
      'nested',
      z.object({ a: z.array(z.object({ b: name, c: z.bigint() })) }),
      { a: [{ b: 'Ada', c: 1n }] },
      { a: [{ b: 'A•••••', c: 1n }] },
    ],
    [
      'a union told apart',
      z.discriminatedUnion('k', [
        z.object({ k: z.literal('x'), v: name }),
        z.object({ k: z.enum(['y', 'z']), v: z.string() }),
      ]),
      { k: 'y', v: 'Ada' },
      { k: 'y', v: 'Ada' },
    ],
    [
      'the other side of it',
      z.discriminatedUnion('k', [
        z.object({ k: z.literal('x'), v: name }),
        z.object({ k: z.enum(['y', 'z']), v: z.string() }),
      ]),
      { k: 'x', v: 'Ada' },
      { k: 'x', v: 'A•••••' },
    ],
    [
      'a union that nothing tells apart',
      z.union([z.object({ v: name }), z.string()]),
      { v: 'Ada' },
      { v: 'A•••••' },
    ],
    [
      'both of two',
      z.intersection(z.object({ a: name }), z.object({ b: accountNumber() })),
      { a: 'Ada', b: '12345' },
      { a: 'A•••••', b: '••••' },
    ],
    ['lazy and default', z.lazy(() => z.object({ a: name.default('x') })), { a: 'Ada' }, { a: 'A•••••' }],
    ['what is piped', z.string().pipe(name), 'Ada', 'A•••••'],
    ['no mark', z.object({ a: z.string() }), { a: 'Ada' }, { a: 'Ada' }],
  ];
  it.each(shapes)('is masked where it is %s', (_, schema, value, masked) => {
    const before = structuredClone(value);
    expect(maskOutput(schema, value)).toEqual(masked);
    expect(value).toEqual(before);
  });

  it('that comes bit by bit is masked bit by bit', async () => {
    async function* events() {
      yield { a: 'Ada' };
      yield { a: 'Bo' };
    }
    const masked = maskOutput(
      eventIterator(z.object({ a: partyName() })),
      events(),
    ) as AsyncIterable<unknown>;
    const seen: unknown[] = [];
    for await (const one of masked) seen.push(one);
    expect(seen).toEqual([{ a: 'A•••••' }, { a: 'B•••••' }]);
  });

  it('without a mark is handed on as it is', () => {
    const value = { a: 'Ada' };
    expect(maskOutput(z.object({ a: z.string() }), value)).toBe(value);
    expect(maskOutput(undefined, value)).toBe(value);
  });
});
