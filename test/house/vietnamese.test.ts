/** Every sentence has its Vietnamese, whole and with the same places; no screen says a word of its own. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bankAccount, GROUPS, groupAccount, ROLES, roleAccount } from '../../src/main/ledger/chart.ts';
import { evidenceWords } from '../../src/main/reconciliation/evidence.ts';
import { vietnamese } from '../../src/renderer/src/app/vietnamese.ts';
import { addTranslation, englishRooms, format, setLanguage } from '../../src/renderer/src/kit/catalogue.ts';
import { engineWords } from '../../src/renderer/src/kit/engine.ts';

const FOLDER = 'src/renderer/src';
const sources = globSync(`${FOLDER}/**/*.{ts,tsx}`).map((path) => ({
  path,
  text: readFileSync(path, 'utf8'),
}));

/** A file that gives a room its sentences. */
const OWN_ROOM = /^(?:export )?const \w+ = catalogue\('([\w-]+)'/m;

interface Pair {
  readonly at: string;
  readonly english: string;
  readonly vi: string;
}
let pairs: Pair[] = [];

beforeAll(async () => {
  for (const { path, text } of sources) if (OWN_ROOM.test(text)) await import(resolve(path));
  pairs = [...englishRooms()].flatMap(([room, english]) =>
    Object.entries(english).flatMap(([key, sentence]) => {
      const vi = vietnamese[room]?.[key];
      return vi === undefined ? [] : [{ at: `${room}: ${key}`, english: sentence, vi }];
    }),
  );
});

interface Shape {
  readonly places: string[];
  readonly plural: string[][];
  readonly select: string[][];
}

/** The places of a sentence, and the arms of its choices: `[['=0', 'one', 'other']]`. */
function shapeOf(sentence: string): Shape {
  const shape = { places: new Set<string>(), plural: [] as string[][], select: [] as string[][] };
  let at = 0;
  const next = (pattern: RegExp) => {
    const match = pattern.exec(sentence.slice(at));
    if (match) at += match[0].length;
    return match;
  };
  const message = () => {
    while (at < sentence.length && sentence[at] !== '}') {
      if (sentence[at] === '{') place();
      else at += 1;
    }
  };
  const place = () => {
    const head = next(/^\{\s*(\w+)\s*(?:,\s*(plural|select)\s*,)?/);
    if (!head) throw new Error(`not a place: ${sentence.slice(at)}`);
    shape.places.add(head[1]!);
    const arms: string[] = [];
    for (let arm = next(/^\s*(=?\w+)\s*\{/); head[2] && arm; arm = next(/^\s*(=?\w+)\s*\{/)) {
      arms.push(arm[1]!);
      message();
      at += 1;
    }
    if (head[2]) shape[head[2] as 'plural' | 'select'].push(arms);
    if (!next(/^\s*\}/)) throw new Error(`does not close: ${sentence}`);
  };
  message();
  return { ...shape, places: [...shape.places].sort() };
}

const places = (sentence: string) => shapeOf(sentence).places;
const arms = (sentence: string, type: 'plural' | 'select') => shapeOf(sentence)[type];

describe('the Vietnamese sentences', () => {
  it('are held against every room that speaks', () => {
    const spoken = sources.flatMap(({ text }) =>
      [...text.matchAll(new RegExp(OWN_ROOM, 'gm'))].map((match) => match[1]),
    );
    expect(spoken.length).toBeGreaterThan(15);
    expect([...englishRooms().keys()].sort()).toEqual([...spoken].sort());
    expect(pairs.length).toBeGreaterThan(1_300);
  });

  it('leave no sentence in English', () => {
    const missing = [...englishRooms()].flatMap(([room, english]) =>
      Object.keys(english)
        .filter((key) => !vietnamese[room]?.[key]?.trim())
        .map((key) => `${room}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it('have no key that English lacks', () => {
    const left = Object.entries(vietnamese).flatMap(([room, messages]) =>
      // The engine's own sentences are their own keys.
      (room === 'engine' ? [] : Object.keys(messages))
        .filter((key) => !Object.hasOwn(englishRooms().get(room) ?? {}, key))
        .map((key) => `${room}: ${key}`),
    );
    expect(left).toEqual([]);
  });

  it('have the places of the English', () => {
    const wrong = pairs
      .filter(({ english, vi }) => places(english).join() !== places(vi).join())
      .map(({ at, english, vi }) => `${at} has {${places(vi)}} for {${places(english)}}`);
    expect(wrong).toEqual([]);
  });

  it('have an other in every plural, and the very arms of every select', () => {
    const wrong = pairs.filter(
      ({ english, vi }) =>
        arms(vi, 'plural').some((found) => !found.includes('other')) ||
        JSON.stringify(arms(vi, 'select')) !== JSON.stringify(arms(english, 'select')),
    );
    expect(wrong.map(({ at }) => at)).toEqual([]);
  });

  it('treat nothing apart as the English does', () => {
    // An arm for exactly none says something else than a count would; it must not get lost.
    const exact = (sentence: string) =>
      arms(sentence, 'plural').filter((found) => found.includes('=0')).length;
    expect(pairs.filter(({ english, vi }) => exact(english) !== exact(vi)).map(({ at }) => at)).toEqual([]);
  });

  it('can be read by the catalogue', () => {
    for (const { vi } of pairs) {
      const params = Object.fromEntries(places(vi).map((name) => [name!, 2]));
      expect(format(vi, params)).not.toMatch(/[{}#]/);
    }
  });
});

describe("the engine's sentences", () => {
  const engine = vietnamese.engine!;
  afterEach(() => setLanguage('en'));

  it('have a Vietnamese for every reason of a match and every account it keeps', () => {
    const accounts = [
      ...GROUPS.map(({ code }) => groupAccount(code).name),
      ...Object.keys(ROLES).map((role) => roleAccount(role as keyof typeof ROLES, '{currency}').name),
    ];
    const said = [...Object.values<string>(evidenceWords), ...accounts];
    expect(said.length).toBeGreaterThan(60);
    expect(said.filter((sentence) => engine[sentence] === undefined)).toEqual([]);
  });

  it('keep their places', () => {
    expect(Object.entries(engine).filter(([en, vi]) => places(en).join() !== places(vi).join())).toEqual([]);
  });

  it('are shown in the language of the screen, with their values', () => {
    addTranslation('vi', 'engine', engine);
    expect(engineWords('sum of 3 items exact')).toBe('sum of 3 items exact');
    setLanguage('vi');
    expect(engineWords('amount exact')).toBe('số tiền đúng');
    expect(engineWords('sum of 3 items exact')).toBe('tổng 3 mục đúng');
    expect(engineWords(bankAccount('EUR', 2).name)).toBe('Tài khoản ngân hàng 2 EUR');
    expect(engineWords('The key kek-1 is compromised.')).toBe('Khóa kek-1 bị lộ.');
    expect(engineWords('Petty cash of the desk')).toBe('Petty cash of the desk');
    expect(engineWords('toString')).toBe('toString');
  });
});

describe('the check itself', () => {
  it('sees places and arms', () => {
    expect(places('{a} {n, plural, =0 {no} other {# {b}}}')).toEqual(['a', 'b', 'n']);
    expect(arms('x {n, plural, =0 {no} one {# {b}} other {#}} {m, plural, one {}}', 'plural')).toEqual([
      ['=0', 'one', 'other'],
      ['one'],
    ]);
    expect(spokenIn('a.tsx', '<p title="Save it">Two words {t("x")} <b aria-hidden>·</b></p>')).toEqual([
      'a.tsx:1: title="Save it"',
      'a.tsx:1: Two words',
    ]);
  });
});

/** Attributes that a person sees or hears. */
const SPOKEN = /^(title|label|placeholder|alt|aria-label|aria-description|aria-valuetext|text|summary|unit)$/;
/** Names of things that are called the same in every language, and forms that are typed. */
const NAMES = /^(Ctrl|Esc|English|Tiếng Việt|SHA-256|JSON|CSV|UTC|IBAN|s|ms)$/;
const hasWords = (text: string) => /\p{L}{2}/u.test(text) && !NAMES.test(text.trim());

/** What JSX says without the catalogue: text between tags, and plain text in a spoken attribute. */
function spokenIn(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const say = (node: ts.Node, words: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${words.trim()}`);
  };
  const isText = (node: ts.Node): node is ts.StringLiteralLike => ts.isStringLiteralLike(node);
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasWords(node.text)) say(node, node.text);
    if (ts.isJsxAttribute(node) && SPOKEN.test(node.name.getText()) && node.initializer) {
      const given = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer;
      if (given && isText(given) && hasWords(given.text)) say(node, node.getText());
    }
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      if (isText(node.expression) && hasWords(node.expression.text)) say(node, node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('the screens', () => {
  it('say nothing that is not in the catalogue', () => {
    const screens = sources.filter(({ path }) => path.endsWith('.tsx'));
    expect(screens.length).toBeGreaterThan(60);
    expect(screens.flatMap(({ path, text }) => spokenIn(path, text))).toEqual([]);
  });
});
