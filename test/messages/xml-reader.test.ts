import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { XmlReader, type XmlSink } from '../../src/main/messages/xml-reader.ts';
import { bytesOf, refusalOf } from './support.ts';

type Step = [kind: 'open' | 'text' | 'close', value: string];

/** Reads a document with our reader; runs of text are joined as comments and CDATA split them. */
function read(bytes: Uint8Array, pieceSize = bytes.length || 1): { steps: Step[]; stretches: string[] } {
  const steps: Step[] = [];
  const stretches: string[] = [];
  const starts: number[] = [];
  const sink: XmlSink = {
    wantsText: true,
    open(local, namespace, attributes, byteStart) {
      const named = attributes.filter(({ name }) => !name.startsWith('xmlns'));
      steps.push([
        'open',
        `{${namespace}}${local} ${named.map(({ name, value }) => `${name}=${value}`).join(' ')}`,
      ]);
      starts.push(byteStart);
    },
    text(value) {
      const last = steps[steps.length - 1];
      if (last?.[0] === 'text') last[1] += value;
      else steps.push(['text', value]);
    },
    close(_, byteEnd) {
      steps.push(['close', '']);
      stretches.push(Buffer.from(bytes.subarray(starts.pop(), byteEnd)).toString('latin1'));
    },
    path: () => 'p',
  };
  const reader = new XmlReader(sink, 'f.xml');
  for (let at = 0; at < bytes.length; at += pieceSize) reader.write(bytes.subarray(at, at + pieceSize));
  reader.end();
  return { steps, stretches };
}

/** The same through `saxes`, the reference. Throws where it finds the document malformed. */
function reference(text: string): Step[] {
  const steps: Step[] = [];
  const parser = new SaxesParser({ xmlns: true });
  const take = (value: string) => {
    if (value === '') return;
    const last = steps[steps.length - 1];
    if (last?.[0] === 'text') last[1] += value;
    else steps.push(['text', value]);
  };
  let depth = 0;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    depth++;
    const named = Object.values(tag.attributes).filter(({ name }) => !name.startsWith('xmlns'));
    steps.push([
      'open',
      `{${tag.uri}}${tag.local} ${named.map(({ name, value }) => `${name}=${value}`).join(' ')}`,
    ]);
  });
  parser.on('text', (value) => {
    if (depth > 0) take(value);
  });
  parser.on('cdata', take);
  parser.on('closetag', () => {
    depth--;
    steps.push(['close', '']);
  });
  parser.write(text).close();
  return steps;
}

const NAMES = ['Ntry', 'Amt', 'a', 'b-c', 'Ümlaut', 'x:Ntry', 'y:Amt'];
const TEXTS = [
  'x',
  ' ',
  '\n',
  '\r\n',
  'Müller & Söhne',
  '€ 5',
  'a]b]]c',
  '𝔘',
  '&amp;',
  '&#228;',
  '&#x20AC;',
  '<![CDATA[<raw>&]]>',
  '<!-- note -->',
  '<?pi x?>',
];

const escapeText = (text: string) => (/^[&<]/.test(text) ? text : text.replaceAll('&', '&amp;'));

const element: fc.Memo<string> = fc.memo((depth) => {
  const content =
    depth > 1
      ? fc
          .array(fc.oneof(fc.constantFrom(...TEXTS).map(escapeText), element(depth - 1)), { maxLength: 4 })
          .map((parts) => parts.join(''))
      : fc.constantFrom(...TEXTS).map(escapeText);
  const attributes = fc.constantFrom('', ' Ccy="EUR"', " Ccy='E&amp;R'", ' a="1" b="2"\n', ' x:q="ä"');
  return fc
    .tuple(fc.constantFrom(...NAMES), attributes, content, fc.boolean())
    .map(([name, attribute, inner, empty]) =>
      empty
        ? `<${name}${attribute}/>`
        : `<${name}${attribute}>${inner}</${name} >`.replace(' >', inner.length % 2 ? '>' : ' >'),
    );
});

const documents = element(4).map(
  (inner) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<d xmlns="urn:d" xmlns:x="urn:x" xmlns:y="urn:y">${inner}</d>\n`,
);

describe('XML reader', () => {
  it('reads what saxes reads, however the bytes are cut', () => {
    fc.assert(
      fc.property(documents, fc.integer({ min: 1, max: 40 }), (text, pieceSize) => {
        const { steps } = read(bytesOf(text), pieceSize);
        expect(steps).toEqual(reference(text));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with saxes on what is malformed after one character is changed', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        documents,
        fc.nat(),
        fc.constantFrom('<', '>', '&', '"', '/', 'x', ' ', '=', '!', '?', ':', ''),
        (text, place, character) => {
          const from = text.indexOf('?>') + 2;
          const at = from + (place % (text.length - from));
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          let expected: Step[] | undefined;
          try {
            expected = reference(changed);
          } catch {
            refused++;
          }
          try {
            const { steps } = read(bytesOf(changed.isWellFormed() ? changed : text));
            if (changed.isWellFormed()) expect(steps).toEqual(expected);
          } catch (error) {
            if (!isCountersignError(error)) throw error;
            // What is refused for safety alone is well-formed to saxes.
            if (error.code !== 'XML_FORBIDDEN') expect(expected).toBeUndefined();
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('gives each element its own bytes, whatever the encoding', () => {
    const text = '<d>\r\n<é a="ü">ß</é><b/>𝔘<c>x</c></d>';
    expect(read(bytesOf(text)).stretches).toEqual(
      ['<é a="ü">ß</é>', '<b/>', '<c>x</c>', text].map((part) => bytesOf(part).toString('latin1')),
    );
    const latin1 = '<?xml version="1.0" encoding="ISO-8859-1"?><d><a>é</a></d>';
    expect(read(bytesOf(latin1, 'latin1'), 3).stretches[0]).toBe('<a>é</a>');
  });

  it.each([
    ['ISO-8859-1', 'latin1', 'Müller'],
    ['windows-1252', 'latin1', 'Müller'],
    ['ISO-8859-15', 'latin1', 'Müller'],
    ['UTF-8', 'utf8', 'Müller €'],
    ['utf-8', 'utf8', 'Müller €'],
  ] as const)('reads %s', (label, encoding, text) => {
    const bytes = bytesOf(`<?xml version="1.0" encoding="${label}"?><d>${text}</d>`, encoding);
    expect(read(bytes).steps[1]).toEqual(['text', text]);
  });

  it('takes a byte order mark', () => {
    expect(read(bytesOf('\uFEFF<?xml version="1.0"?><d>ä</d>')).steps[1]).toEqual(['text', 'ä']);
  });

  const deep = (levels: number) => '<d>'.repeat(levels) + '</d>'.repeat(levels);
  it.each([
    ['a DTD', '<!DOCTYPE d><d/>', 'XML_FORBIDDEN', 1],
    [
      'a DTD with entities',
      '<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>',
      'XML_FORBIDDEN',
      2,
    ],
    ['an own entity', '<d>\n&a;</d>', 'XML_FORBIDDEN', 1],
    ['65 levels', deep(65), 'XML_FORBIDDEN', 1],
    ['a text of more than 1 MiB', `<d>${'x'.repeat(1_048_577)}</d>`, 'XML_FORBIDDEN', 1],
    ['a text of more than 1 MiB without an end', `<d>${'x'.repeat(3_000_000)}`, 'XML_FORBIDDEN', 1],
    ['a tag of more than 1 MiB', `<d a="${'x'.repeat(1_048_577)}`, 'XML_FORBIDDEN', 1],
    ['a comment of more than 1 MiB', `<d><!--${'x'.repeat(1_048_577)}`, 'XML_FORBIDDEN', 1],
    ['tags that do not match', '<d>\n<a></b></d>', 'XML_MALFORMED', 2],
    ['two roots', '<d/>\n<e/>', 'XML_MALFORMED', 2],
    ['text after the root', '<d/>x', 'XML_MALFORMED', 1],
    ['a control character', '<d>\n\n\u0001</d>', 'XML_MALFORMED', 3],
    ['a bare ampersand', '<d>a & b</d>', 'XML_MALFORMED', 1],
    ['an undeclared prefix', '<x:d/>', 'XML_MALFORMED', 1],
    ['an attribute twice', '<d a="1" a="2"/>', 'XML_MALFORMED', 1],
    ['a character reference to NUL', '<d>&#0;</d>', 'XML_MALFORMED', 1],
    ['an unknown encoding', '<?xml version="1.0" encoding="EBCDIC-CP-US"?><d/>', 'MESSAGE_ENCODING', 1],
    ['an end inside an element', '<d>\n<a>x', 'MESSAGE_TRUNCATED', 2],
    ['an end inside a tag', '<d>\n<a', 'MESSAGE_TRUNCATED', 2],
    ['an end inside the declaration', '<?xml version="1.0"', 'MESSAGE_TRUNCATED', 1],
  ])('refuses %s', (_, text, code, line) => {
    expect(refusalOf(() => read(bytesOf(text)))).toMatchObject({ code, line });
    expect(refusalOf(() => read(bytesOf(text), 65_536))).toMatchObject({ code });
  });

  it('takes 64 levels', () => {
    expect(read(bytesOf(deep(64))).steps).toHaveLength(128);
  });

  it('refuses bytes that are not UTF-8, with their line, also where a piece ends in a character', () => {
    const bytes = Buffer.concat([bytesOf('<d>\n<a>ä</a>\n'), Buffer.from([0xe4]), bytesOf('</d>')]);
    expect(refusalOf(() => read(bytes))).toMatchObject({ code: 'MESSAGE_ENCODING', line: 3 });
    expect(refusalOf(() => read(bytes, 1)).code).toBe('MESSAGE_ENCODING');
    expect(read(bytesOf('<d>äöü€𝔘</d>'), 1).steps[1]).toEqual(['text', 'äöü€𝔘']);
  });
});
