/** Customers: companies with names as companies have them, some of them sisters of one group. Pure. */
import { makeIban } from '../messages/index.ts';
import type { Dice } from './dice.ts';
import type { CorpusCustomer } from './types.ts';

const ONSETS = 'B Br D F G H K Kr L M N P R S Sch St T V W Z'.split(' ');
const MIDDLES = 'a au e ei i o u ä ö ü ie'.split(' ');
const CODAS = 'ck ll rt nn rg ld mm ss tz nd rk hn ber der ler sen'.split(' ');
const ENDS = ' mann er ing son ski elli ova eau berg feld bach stein hauser wald'.split(' ');
const TRADES =
  'Maschinenbau Logistik Handel Pharma Textil Druckerei Elektrotechnik Chemie Bauunternehmung Optik Stahl Papier Energie Verpackung Werkzeuge Foods Shipping Engineering Furniture Medical Analytics Plastics Brewing Glass Tools'.split(
    ' ',
  );
const PLACES =
  'Nord Süd Rhein Elbe Alpen Iberia Benelux Baltic Wien Zürich Lyon Milano Praha Leeds Malmö'.split(' ');
const FORMS: readonly (readonly [form: string, country: string])[] = [
  ['GmbH', 'DE'],
  ['AG', 'DE'],
  ['GmbH & Co. KG', 'DE'],
  ['KG', 'DE'],
  ['e.K.', 'DE'],
  ['B.V.', 'NL'],
  ['S.A.', 'FR'],
  ['S.A.R.L.', 'FR'],
  ['Ltd', 'GB'],
  ['PLC', 'GB'],
  ['S.p.A.', 'IT'],
  ['AB', 'SE'],
  ['SE', 'DE'],
  ['s.r.o.', 'CZ'],
];
/** Of a hundred customers so many are the sister of the one before. */
const SISTERS = 9;

/** Makes `count` customers. */
export function makeCompanies(dice: Dice, count: number): CorpusCustomer[] {
  const customers: CorpusCustomer[] = [];
  const taken = new Set<string>();
  while (customers.length < count) {
    const at = customers.length;
    const before = customers[at - 1];
    const isSister = before !== undefined && before.sister === undefined && dice.chance(SISTERS);
    const made = isSister ? sisterOf(before, dice) : companyName(dice);
    if (taken.has(made.name)) continue;
    taken.add(made.name);
    const own = dice.chance(92) ? [accountOf(at * 2)] : [];
    if (own.length > 0 && dice.chance(18)) own.push(accountOf(at * 2 + 1));
    // Some groups pay from one account.
    const shared = isSister && dice.chance(30) ? before.ibans.slice(0, 1) : [];
    customers.push({
      customerId: `C${100_000 + at}`,
      name: made.name,
      country: made.country,
      ibans: [...own, ...shared],
      aliases: dice.chance(15) ? [made.name.split(' ').slice(0, 2).join(' ')] : [],
      ...(isSister ? { sister: at - 1 } : {}),
    });
    if (isSister) customers[at - 1] = { ...before, sister: at };
  }
  return customers;
}

/** A company that none of our customers is. */
export function strangerName(dice: Dice): string {
  return `${surname(dice)}${surname(dice).toLowerCase()} ${dice.pick(['Trading', 'Services', 'Invest'])} ${dice.pick(['Ltd', 'GmbH', 'Inc.'])}`;
}

/** A German account number that is right and belongs to `owner`. */
export function accountOf(owner: number): string {
  return makeIban('DE', `50010517${String(1_000_000_000 + owner).padStart(10, '0')}`);
}

function companyName(dice: Dice): { name: string; country: string } {
  const [form, country] = dice.pick(FORMS);
  const stem = dice.weighted<() => string>([
    [() => surname(dice), 4],
    [() => `${surname(dice)} & ${dice.pick(['Söhne', 'Partner', 'Cie', surname(dice)])}`, 2],
    [() => `${surname(dice)} ${surname(dice)}`, 2],
    [() => `${surname(dice)}-${surname(dice)}`, 1],
  ])();
  const place = dice.chance(20) ? ` ${dice.pick(PLACES)}` : '';
  return { name: `${stem} ${dice.pick(TRADES)}${place} ${form}`, country };
}

/** The same stem with another trade, another place or another legal form. */
function sisterOf({ name, country }: CorpusCustomer, dice: Dice): { name: string; country: string } {
  const form = FORMS.map(([each]) => each)
    .sort((left, right) => right.length - left.length)
    .find((each) => name.endsWith(` ${each}`))!;
  const words = name.slice(0, -form.length - 1).split(' ');
  switch (dice.upTo(3)) {
    case 0:
      return { name: `${words.join(' ')} ${dice.pick(PLACES)} ${form}`, country };
    case 1: {
      const at = words.findIndex((word) => TRADES.includes(word));
      words[at] = dice.pick(TRADES);
      return { name: `${words.join(' ')} ${form}`, country };
    }
    default: {
      const [other, elsewhere] = dice.pick(FORMS);
      return { name: `${words.join(' ')} ${other}`, country: elsewhere };
    }
  }
}

function surname(dice: Dice): string {
  const head = dice.pick(ONSETS) + dice.pick(MIDDLES) + dice.pick(CODAS);
  return head + dice.pick(ENDS);
}
