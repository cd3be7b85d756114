import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIban, ibanCountries, isIban, makeIban, mod97 } from '../../src/main/messages/iban.ts';

/** The examples of the SWIFT IBAN registry. */
const REGISTRY =
  'AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201 ' +
  'AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678 ' +
  'BH67BMAG00001299123456 BR1800360305000010009795493C1 BY13NBRB3600900000002Z00AB00 CH9300762011623852957 ' +
  'CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000 ' +
  'DK5000400440116243 DO28BAGR00000001212453611324 EE382200221020145685 EG380019000500000000263180002 ' +
  'ES9121000418450200051332 FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606 ' +
  'GB29NWBK60161331926819 GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206 ' +
  'GR1601101250000000012300695 GT82TRAJ01020000001210029690 HR1210010051863000160 ' +
  'HU42117730161111101800000000 IE29AIBK93115212345678 IL620108000000099999999 IQ98NBIQ850123456789012 ' +
  'IS140159260076545510730339 IT60X0542811101000000123456 JO94CBJO0010000000000131000302 ' +
  'KW81CBKU0000000000001234560101 KZ86125KZT5004100100 LB62099900000001001901229114 ' +
  'LC55HEMM000100010012001200023015 LI21088100002324013AA LT121000011101001000 LU280019400644750000 ' +
  'LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168 ME25505000012345678951 ' +
  'MK07250120000058984 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S ' +
  'MU17BOMM0101101030300200000MUR NL91ABNA0417164300 NO9386011117947 PK36SCBL0000001123456702 ' +
  'PL61109010140000071219812874 PS92PALS000000000400123456702 PT50000201231234567890154 ' +
  'QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 RS35260005601001611379 SA0380000000608010167519 ' +
  'SC18SSCB11010000000000001497USD SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541 ' +
  'SM86U0322509800000000270100 ST23000100010051845310146 SV62CENR00000000000000700025 ' +
  'TL380080012345678910157 TN5910006035183598478831 TR330006100519786457841326 ' +
  'UA213223130000026007233566001 VA59001123000012345678 VG96VPVG0000012345678901 XK051212012345678906';

describe('IBAN', () => {
  it.each(REGISTRY.split(' '))('takes the registry example %s', (iban) => {
    expect(checkIban(iban)).toEqual({ ok: true, iban });
  });

  it.each([
    ['DE89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
    ['de89370400440532013000', 'DE89370400440532013000'],
    [' NL91ABNA0417164300 ', 'NL91ABNA0417164300'],
  ])('reads %s as it is printed', (text, iban) => {
    expect(checkIban(text)).toEqual({ ok: true, iban });
  });

  it.each([
    ['DE88370400440532013000', 'check-digits'],
    ['DE8937040044053201300', 'length'],
    ['DE893704004405320130000', 'length'],
    ['ZZ89370400440532013000', 'country'],
    ['DE8937040044053201300!', 'form'],
    ['', 'form'],
    ['8937040044', 'form'],
    // 01 leaves the remainder 1 as well as 98 does, and is never issued.
    ['GB01BARC20714583608387', 'check-digits'],
  ])('refuses %s for its %s', (text, reason) => {
    expect(checkIban(text)).toEqual({ ok: false, reason });
  });

  it('finds every single wrong character and every swap of neighbours', () => {
    const ibans = fc
      .tuple(
        fc.constantFrom(...ibanCountries()),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 34, maxLength: 34 }),
      )
      .map(([[country, length], digits]) => makeIban(country, digits.join('').slice(0, length - 4)));
    fc.assert(
      fc.property(ibans, fc.nat(), fc.integer({ min: 1, max: 9 }), (iban, place, shift) => {
        expect(isIban(iban)).toBe(true);
        const at = 4 + (place % (iban.length - 4));
        const wrong = String((Number(iban[at]) + shift) % 10);
        expect(isIban(iban.slice(0, at) + wrong + iban.slice(at + 1))).toBe(false);
        const next = 4 + (place % (iban.length - 5));
        const swapped = iban.slice(0, next) + iban[next + 1] + iban[next] + iban.slice(next + 2);
        expect(isIban(swapped)).toBe(swapped === iban);
      }),
    );
  });

  it('computes the remainder as big integers do', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{1,40}$/), (text) => {
        const digits = [...text].map((character) => Number.parseInt(character, 36).toString()).join('');
        expect(mod97(text)).toBe(Number(BigInt(digits) % 97n));
      }),
    );
  });
});
