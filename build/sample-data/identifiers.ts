/**
 * Account numbers and references that are right by their check digits, and belong to nobody:
 * IBAN (ISO 13616), the national keys inside it where a country has them, and the creditor
 * reference of ISO 11649. Written apart from the console's own code, so that one checks the other.
 */
import type { Random } from './random.ts';

/** The remainder of a decimal text by 97, taken in pieces that fit a number. */
function mod97(digits: string): number {
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}

/** ISO 7064: letters become 10 to 35. */
function lettersToDigits(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
}

/** The two check digits of `head` (a country code, or `RF`) over `body`. */
function checkDigits(head: string, body: string): string {
  return String(98 - mod97(lettersToDigits(`${body}${head}00`))).padStart(2, '0');
}

/** True where an IBAN or an RF reference carries the right check digits. */
export function checkDigitsHold(text: string): boolean {
  return mod97(lettersToDigits(text.slice(4) + text.slice(0, 4))) === 1;
}

/** The creditor reference of ISO 11649 over up to 21 letters and digits. */
export function creditorReference(body: string): string {
  return `RF${checkDigits('RF', body)}${body}`;
}

/** A bank of the sample world: none of them exists. */
export interface Bank {
  readonly country: string;
  /** The bank's part of the account number. */
  readonly code: string;
  readonly bic: string;
  readonly name: string;
}

export const BANKS: readonly Bank[] = [
  { country: 'DE', code: '59980110', bic: 'HNKSDE51XXX', name: 'Hanseatisches Kontor Bank AG' },
  { country: 'DE', code: '79980240', bic: 'MAINDE71XXX', name: 'Mainfränkische Handelsbank eG' },
  { country: 'DE', code: '69980350', bic: 'ALBWDE61XXX', name: 'Albwerk Volksbank eG' },
  { country: 'DE', code: '39980470', bic: 'RHTFDE31XXX', name: 'Rheintreuhand Bank AG' },
  { country: 'AT', code: '99810', bic: 'DNAUATW1XXX', name: 'Donauauer Bank AG' },
  { country: 'FR', code: '9981001234', bic: 'BQLRFRP1XXX', name: 'Banque du Littoral' },
  { country: 'NL', code: 'POLD', bic: 'POLDNL2AXXX', name: 'Polderbank N.V.' },
  { country: 'GB', code: 'THSQ998122', bic: 'THSQGB2LXXX', name: 'Thames & Square Bank plc' },
  { country: 'BE', code: '998', bic: 'SCHEBEB1XXX', name: 'Scheldebank NV' },
  { country: 'CH', code: '99810', bic: 'LIMMCHZ1XXX', name: 'Limmat Privatbank AG' },
  { country: 'PL', code: '9980110', bic: 'WISLPLP1XXX', name: 'Bank Wiślany S.A.' },
  { country: 'ES', code: '99811234', bic: 'CNTBESM1XXX', name: 'Banco Cántabro de Comercio' },
  { country: 'US', code: '998000017', bic: 'LKSHUS31XXX', name: 'Lakeshore Trust Company' },
  { country: 'VN', code: '99801', bic: 'SHNGVNV1XXX', name: 'Song Hong Commercial Bank' },
];

export function banksOf(country: string): Bank[] {
  return BANKS.filter((bank) => bank.country === country);
}

/** The French RIB key over bank, branch and account. */
function ribKey(bankAndBranch: string, account: string): string {
  const weighted = 89n * BigInt(bankAndBranch.slice(0, 5)) + 15n * BigInt(bankAndBranch.slice(5));
  return String(97n - ((weighted + 3n * BigInt(account)) % 97n)).padStart(2, '0');
}

/** One Spanish control digit: weights of the Banco de España over ten digits. */
function spanishDigit(tenDigits: string): string {
  const weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(tenDigits[at]), 0);
  const digit = 11 - (sum % 11);
  return digit === 11 ? '0' : digit === 10 ? '1' : String(digit);
}

/** The check digit of a Polish sort code. */
function polishSortCode(sevenDigits: string): string {
  const weights = [3, 9, 7, 1, 3, 9, 7];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(sevenDigits[at]), 0);
  return `${sevenDigits}${(10 - (sum % 10)) % 10}`;
}

function nationalNumber(bank: Bank, random: Random): string {
  switch (bank.country) {
    case 'DE':
    case 'NL':
      return `${bank.code}${random.digits(10)}`;
    case 'AT':
      return `${bank.code}${random.digits(11)}`;
    case 'FR': {
      const account = random.digits(11);
      return `${bank.code}${account}${ribKey(bank.code, account)}`;
    }
    case 'GB':
      return `${bank.code}${random.digits(8)}`;
    case 'BE': {
      const body = `${bank.code}${random.digits(7)}`;
      return `${body}${String(mod97(body) || 97).padStart(2, '0')}`;
    }
    case 'CH':
      return `${bank.code}${random.digits(12)}`;
    case 'PL':
      return `${polishSortCode(bank.code)}${random.digits(16)}`;
    case 'ES': {
      const account = random.digits(10);
      return `${bank.code}${spanishDigit(`00${bank.code}`)}${spanishDigit(account)}${account}`;
    }
    default:
      throw new Error(`No IBAN is made for ${bank.country}.`);
  }
}

/** An account as a bank's message names it. */
export interface AccountNumber {
  /** The IBAN, or the bank's own number where the country has none. */
  readonly number: string;
  readonly isIban: boolean;
  readonly bank: Bank;
}

/** A fresh account at one of the country's banks. */
export function makeAccount(country: string, random: Random): AccountNumber {
  const bank = random.pick(banksOf(country));
  return accountAt(bank, random);
}

/** A fresh account at `bank`. The United States and Vietnam have no IBAN. */
export function accountAt(bank: Bank, random: Random): AccountNumber {
  if (bank.country === 'US' || bank.country === 'VN') {
    return { number: random.digits(bank.country === 'US' ? 10 : 13), isIban: false, bank };
  }
  const national = nationalNumber(bank, random);
  return { number: `${bank.country}${checkDigits(bank.country, national)}${national}`, isIban: true, bank };
}
