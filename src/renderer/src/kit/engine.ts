/** Sentences that come from the engine, which speaks English: shown in the language of the screen. */
import { currentLanguage, format, translationOf } from './catalogue.ts';

interface Pattern {
  readonly english: RegExp;
  readonly translation: string;
}
type Sentences = Readonly<Record<string, string>>;

const patterns = new WeakMap<Sentences, readonly Pattern[]>();

/**
 * The engine's sentence in the language of the screen, its own values in their places. What nobody has
 * translated, a name among them, is shown as it came.
 */
export function engineWords(text: string): string {
  const known = translationOf(currentLanguage(), 'engine');
  if (known === undefined) return text;
  if (Object.hasOwn(known, text)) return known[text]!;
  for (const { english, translation } of patternsOf(known)) {
    const found = english.exec(text);
    if (found) return format(translation, inWords({ ...found.groups }));
  }
  return text;
}

/** Several words in a place may be a sentence of the engine themselves, such as the title of a policy. */
function inWords({ words, ...values }: Record<string, string>): Record<string, string> {
  return words === undefined ? values : { ...values, words: engineWords(words) };
}

/** A value of the engine is one word; a place called `words` holds several, such as the name of an account. */
const placeOf = (_place: string, name: string) => (name === 'words' ? '(?<words>.+)' : `(?<${name}>\\S+)`);

function patternsOf(known: Sentences): readonly Pattern[] {
  let made = patterns.get(known);
  if (!made) {
    made = Object.entries(known)
      .filter(([english]) => english.includes('{'))
      .map(([english, translation]) => ({
        english: new RegExp(`^${english.replace(/[.?]/g, '\\$&').replace(/\{(\w+)\}/g, placeOf)}$`),
        translation,
      }));
    patterns.set(known, made);
  }
  return made;
}
