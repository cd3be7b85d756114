/**
 * Money as every floor speaks it: `bigint` minor units beside an ISO 4217 code. No float
 * ever holds an amount. The scales are ISO 4217's list one (minor units of each currency).
 */

/** Minor-unit digits of the currencies whose scale is not two. */
const SCALE_EXCEPTIONS: Readonly<Record<string, number>> = {
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** Active ISO 4217 codes of two minor digits, and historic ones that old statements carry. */
const TWO_DIGIT_CODES =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF ' +
  'CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
  'HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT ' +
  'MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR ' +
  'SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU ' +
  'UZS VED VES WST XCD XCG YER ZAR ZMW ZWG HRK CUC SLL ZWL DEM FRF ATS NLG';

const SCALES: ReadonlyMap<string, number> = new Map([
  ...TWO_DIGIT_CODES.split(' ').map((code) => [code, 2] as const),
  ...Object.entries(SCALE_EXCEPTIONS),
]);

/** Digits after the decimal point of a currency; `undefined` where ISO 4217 has no such currency. */
export function currencyScale(currency: string): number | undefined {
  return SCALES.get(currency);
}

/** Every currency code the console knows. */
export function knownCurrencies(): string[] {
  return [...SCALES.keys()].sort();
}

export type AmountParse =
  | { readonly ok: true; readonly amountMinor: bigint }
  | {
      readonly ok: false;
      readonly reason: 'currency-unknown' | 'not-a-number' | 'digits-beyond-scale' | 'too-large';
    };

/** The widest amount a ledger row can hold with room for sums: 18 digits, as ISO 20022 allows. */
const MAX_MINOR = 10n ** 18n;

/**
 * Reads an unsigned decimal (`1234.5`, or with a comma where `decimalMark` says so) into
 * minor units. Zeros beyond the currency's scale are accepted, other digits are not.
 */
export function parseAmount(text: string, currency: string, decimalMark: '.' | ',' = '.'): AmountParse {
  const scale = SCALES.get(currency);
  if (scale === undefined) return { ok: false, reason: 'currency-unknown' };
  const mark = text.indexOf(decimalMark);
  const whole = mark < 0 ? text : text.slice(0, mark);
  let fraction = mark < 0 ? '' : text.slice(mark + 1);
  if (!/^\d*$/.test(whole) || !/^\d*$/.test(fraction) || whole.length + fraction.length === 0) {
    return { ok: false, reason: 'not-a-number' };
  }
  if (fraction.length > scale) {
    if (!/^0*$/.test(fraction.slice(scale))) return { ok: false, reason: 'digits-beyond-scale' };
    fraction = fraction.slice(0, scale);
  }
  if (whole.length > 30) return { ok: false, reason: 'too-large' };
  const amountMinor = BigInt(whole + fraction.padEnd(scale, '0'));
  return amountMinor < MAX_MINOR ? { ok: true, amountMinor } : { ok: false, reason: 'too-large' };
}

/** The plain decimal text of an amount: no grouping, a leading minus where negative. */
export function formatAmount(amountMinor: bigint, currency: string): string {
  const scale = SCALES.get(currency) ?? 2;
  const negative = amountMinor < 0n;
  const digits = (negative ? -amountMinor : amountMinor).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale > 0 ? `.${digits.slice(digits.length - scale)}` : '';
  return `${negative ? '-' : ''}${whole}${fraction}`;
}
