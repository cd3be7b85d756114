/** IBANs by ISO 13616: country, length and the ISO 7064 MOD 97-10 check digits. */

/** Length of a whole IBAN by country, from the SWIFT IBAN registry. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 ' +
    'EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 ' +
    'IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 ' +
    'NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 ' +
    'SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

export type IbanCheck =
  | { readonly ok: true; readonly iban: string }
  | { readonly ok: false; readonly reason: 'form' | 'country' | 'length' | 'check-digits' };

/** Remainder of a string of digits and letters (A = 10 … Z = 35) by 97. */
export function mod97(text: string): number {
  let remainder = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    remainder = code <= 57 ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + code - 55) % 97;
  }
  return remainder;
}

/** Spaces left out and letters raised: how IBANs are stored and compared. */
export function normaliseIban(text: string): string {
  return text.replace(/\s+/g, '').toUpperCase();
}

/** Checks form, country, length and check digits of an IBAN, with or without spaces. */
export function checkIban(text: string): IbanCheck {
  const iban = normaliseIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(iban)) return { ok: false, reason: 'form' };
  const length = LENGTHS[iban.slice(0, 2)];
  if (length === undefined) return { ok: false, reason: 'country' };
  if (iban.length !== length) return { ok: false, reason: 'length' };
  const digits = Number(iban.slice(2, 4));
  // 00, 01 and 99 can satisfy the sum but are never issued (ISO 7064 yields 02 to 98).
  if (digits < 2 || digits > 98 || mod97(iban.slice(4) + iban.slice(0, 4)) !== 1) {
    return { ok: false, reason: 'check-digits' };
  }
  return { ok: true, iban };
}

/** True where `text` is an IBAN with right country, length and check digits. */
export function isIban(text: string): boolean {
  return checkIban(text).ok;
}

/** The IBAN of a country and a basic account number, with its check digits. For generators and tests. */
export function makeIban(country: string, basicAccountNumber: string): string {
  const check = 98 - mod97(`${basicAccountNumber}${country}00`);
  return `${country}${String(check).padStart(2, '0')}${basicAccountNumber}`;
}

/** Countries whose IBAN length is known, with the length. */
export function ibanCountries(): readonly (readonly [country: string, length: number])[] {
  return Object.entries(LENGTHS);
}
