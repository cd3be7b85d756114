/**
 * The names of a world that does not exist: firms of ten countries, in their languages and
 * legal forms, and the ways in which a payer's bank spells them.
 */
import type { Random } from './random.ts';

interface NameStock {
  /** Whole stems; or beginnings that each of the `endings` completes. */
  readonly stems: readonly string[];
  readonly endings?: readonly string[];
  readonly trades: readonly string[];
  readonly forms: readonly string[];
  readonly towns: readonly string[];
}

const STOCK: Readonly<Record<string, NameStock>> = {
  DE: {
    stems:
      'Achter Bräun Dörr Eichen Fähr Grün Hütten Immen Jäger Köhn Lüde Möllen Nören Ober Pösch Quell Röß Süß Tönn Uhlen Vöß Wörth Brand Kess Stein Wiede Falken Ger Holl Schön'.split(
        ' ',
      ),
    endings:
      'berg kamp horst wald rauch dorf huber lein mann brink hagen stett bach kötter ried aue moor loh'.split(
        ' ',
      ),
    trades:
      'Maschinenbau Logistik Elektrotechnik Werkzeugbau Großhandel Medizintechnik Anlagenbau Druckerei Gartenbau Möbelwerke Fördertechnik Kunststofftechnik Metallbau Lebensmittel Verpackungen Sanitär Pumpen Optik'.split(
        ' ',
      ),
    forms: ['GmbH', 'GmbH & Co. KG', 'AG', 'KG', 'e.K.', 'OHG', 'SE', 'GmbH'],
    towns: ['Lübeck', 'Würzburg', 'Görlitz', 'Münster', 'Kassel', 'Bremerhaven', 'Ulm', 'Jena'],
  },
  AT: {
    stems: 'Achleitner Ebenbichler Gschwandtner Höllwarth Kirchmair Obermüller Pröll Schörghofer'.split(' '),
    trades: ['Holzbau', 'Seilbahntechnik', 'Getränke', 'Stahlhandel', 'Kältetechnik'],
    forms: ['GmbH', 'GesmbH', 'AG', 'KG'],
    towns: ['Graz', 'Wels', 'Villach', 'Dornbirn'],
  },
  FR: {
    stems: 'Aubri Béran Chêne Dela Févri Lemaî Mire Noë Roussi Vau Ponce Griffo'.split(' '),
    endings: 'chon court val dière gnac lon mont reau'.split(' '),
    trades: ['Distribution', 'Mécanique', 'Emballages', 'Électricité', 'Transports', 'Ingénierie'],
    forms: ['SARL', 'SAS', 'S.A.', 'SASU'],
    towns: ['Nantes', 'Besançon', 'Orléans', 'Pau'],
  },
  NL: {
    stems: 'Van Achter|De Bruijn|Hooger|Kuiper|Ooster|Ter|Van der Wiel|Zijl|Noorder|De Groene'.split('|'),
    endings: 'veld sma waard loo straat horst meer'.split(' '),
    trades: ['Techniek', 'Handel', 'Tuinbouw', 'Transport', 'Zuivel', 'Scheepsbouw'],
    forms: ['B.V.', 'N.V.', 'V.O.F.', 'B.V.'],
    towns: ['Zwolle', 'Breda', 'Leiden', 'Delfzijl'],
  },
  GB: {
    stems: "Ash Barrow Cobble Dun East Fern Grey O'Hal Penni Thorn Wether Hazel".split(' '),
    endings: 'combe dale worth more lake haugh wick stoke bury'.split(' '),
    trades: ['Engineering', 'Supplies', 'Instruments', 'Foods', 'Marine', 'Fabrication'],
    forms: ['Ltd', 'Limited', 'PLC', 'LLP'],
    towns: ['Leeds', 'Bristol', 'Hull', 'Dundee'],
  },
  BE: {
    stems: ['Baetenrode', 'Claesmans', 'Dewittering', 'Lambrechtse', 'Verstraetse'],
    trades: ['Textiel', 'Chemie', 'Machines', 'Logistics'],
    forms: ['NV', 'BV', 'SRL'],
    towns: ['Gent', 'Namur', 'Aalst'],
  },
  CH: {
    stems: ['Aeschlimanner', 'Bürgisser-Noll', 'Hunzikofer', 'Rüegsegg', 'Zurflüh'],
    trades: ['Präzision', 'Uhrwerke', 'Pharma', 'Seilbahnen'],
    forms: ['AG', 'GmbH', 'S.A.'],
    towns: ['Biel', 'Thun', 'Chur'],
  },
  PL: {
    stems: ['Brzezińska', 'Dąbrówkowo', 'Gałęzowski', 'Łąkowianka', 'Świętochów'],
    trades: ['Meble', 'Stal', 'Transport', 'Opakowania'],
    forms: ['Sp. z o.o.', 'S.A.', 'Sp. k.'],
    towns: ['Gdynia', 'Łomża', 'Opole'],
  },
  ES: {
    stems: ['Arrizabala', 'Cañadero', 'Fuentelaguna', 'Ibáñez Soria', 'Peñalosa'],
    trades: ['Suministros', 'Cerámica', 'Conservas', 'Maquinaria'],
    forms: ['S.L.', 'S.A.', 'S.L.U.'],
    towns: ['Vigo', 'Logroño', 'Cádiz'],
  },
  US: {
    stems: ['Blackmere', 'Cedar Notch', 'Halvorsen Creek', 'Kittredge', 'Twin Elms', 'Wolcott Bay'],
    trades: ['Industries', 'Components', 'Medical', 'Tooling', 'Foods'],
    forms: ['Inc.', 'LLC', 'Corp.', 'Co.'],
    towns: ['Toledo', 'Duluth', 'Boise'],
  },
  VN: {
    stems: [
      'Công ty Ánh Dương',
      'Công ty Bình Nguyên',
      'Công ty Hoàng Phúc',
      'Công ty Minh Sơn',
      'Công ty Trường Thọ',
    ],
    trades: ['Dệt May', 'Cơ Khí', 'Thủy Sản', 'Gỗ'],
    forms: ['TNHH', 'CP', 'TNHH MTV'],
    towns: ['Huế', 'Vinh', 'Đà Lạt'],
  },
};

/** The countries of the sample world with how many of a hundred customers come from each. */
export const COUNTRY_WEIGHTS: readonly (readonly [string, number])[] = [
  ['DE', 50],
  ['AT', 6],
  ['FR', 8],
  ['NL', 9],
  ['GB', 8],
  ['BE', 4],
  ['CH', 3],
  ['PL', 3],
  ['ES', 3],
  ['US', 4],
  ['VN', 2],
];

function stockOf(country: string): NameStock {
  const stock = STOCK[country];
  if (!stock) throw new Error(`There are no names for ${country}.`);
  return stock;
}

/** A firm's name, its trade and legal form included. */
export interface FirmName {
  readonly stem: string;
  readonly full: string;
}

/** A name that is not in `taken`; where stem and trade are used up a town or a number sets it apart. */
export function makeFirmName(country: string, taken: Set<string>, random: Random, stem?: string): FirmName {
  const stock = stockOf(country);
  for (let attempt = 0; ; attempt += 1) {
    const chosen = stem ?? random.pick(stock.stems) + (stock.endings ? random.pick(stock.endings) : '');
    const apart =
      attempt < 12 ? '' : attempt < 40 ? ` ${random.pick(stock.towns)}` : ` ${random.int(2, 999)}`;
    const trade = random.pick(stock.trades);
    const form = random.pick(stock.forms);
    // Vietnamese firms carry their legal form between the word for firm and the name.
    const full =
      country === 'VN'
        ? chosen.replace('Công ty', `Công ty ${form} ${trade}`) + apart
        : `${chosen} ${trade}${apart} ${form}`;
    const key = full.toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return { stem: chosen, full };
  }
}

export function townOf(country: string, random: Random): string {
  return random.pick(stockOf(country).towns);
}

const TRANSLITERATION: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
};

/** The text in the characters that every bank carries: umlauts spelt out, accents dropped. */
export function plainLetters(text: string): string {
  return text
    .replace(/[äöüÄÖÜßłŁđĐ]/g, (letter) => TRANSLITERATION[letter] ?? letter)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '');
}

const FORM_WORDS =
  /\s+(GmbH & Co\. KG|GmbH|GesmbH|AG|KG|e\.K\.|OHG|SE|SARL|SASU|SAS|S\.A\.|B\.V\.|N\.V\.|V\.O\.F\.|Ltd|Limited|PLC|LLP|NV|BV|SRL|Sp\. z o\.o\.|Sp\. k\.|S\.L\.U\.|S\.L\.|Inc\.|LLC|Corp\.|Co\.)$/;

/** The name without its legal form. */
export function withoutLegalForm(name: string): string {
  return name.replace(FORM_WORDS, '');
}

/** How a payer's bank writes a customer's name: mostly as it is, at times in capitals, cut, or short. */
export function bankSpelling(name: string, aliases: readonly string[], random: Random): string {
  const way = random.int(0, 99);
  if (way < 55) return name;
  if (way < 73) return plainLetters(name).toUpperCase();
  if (way < 82) return withoutLegalForm(name);
  if (way < 90) return plainLetters(name);
  if (way < 96 && aliases.length > 0) return random.pick(aliases);
  return plainLetters(name).slice(0, 27).trim();
}
