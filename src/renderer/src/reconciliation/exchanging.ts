/**
 * Money that settles items of another currency, while a person types: what of it they use, and at which
 * rate. The engine holds the same against what the bank tells. Pure.
 */
import { parseAmount } from '../../../contract/money.ts';
import {
  convertMinor,
  divideRounded,
  impliedQuote,
  MOST_RATE_PPM,
  type Quote,
  rateTolerance,
} from '../../../contract/rates.ts';
import { plainAmount } from '../kit/typed.ts';
import { type DraftLine, type DraftProblem, type DraftResult, readLines } from './allocating.ts';
import type { ItemData } from './Item.tsx';

/** What is typed of the exchange; empty fields leave it to the bank's own word. */
export interface TypedExchange {
  readonly moneyText: string;
  readonly rateText: string;
  readonly chargesText: string;
}

export const NOTHING_TYPED: TypedExchange = { moneyText: '', rateText: '', chargesText: '' };

export interface ExchangeDraft extends Omit<DraftResult, 'problems'> {
  readonly problems: (DraftProblem | { readonly kind: 'noExchange' | 'badExchange' })[];
  /** What the engine is told; absent where the bank's own word counts. */
  readonly exchange?: { moneyMinor?: bigint; rate?: string; chargesMinor: bigint };
  /** What comes of it; absent where nothing does yet. */
  readonly used?: { readonly moneyMinor: bigint; readonly quote: Quote; readonly isBanksWord: boolean };
}

export interface Exchanging {
  readonly lines: readonly DraftLine[];
  /** The items' currency. */
  readonly currency: string;
  /** The transaction's money, negative where it went out. */
  readonly money: { readonly amountMinor: bigint; readonly currency: string };
  readonly told: ItemData['told'];
  readonly typed: TypedExchange;
}

const size = (amountMinor: bigint) => (amountMinor < 0n ? -amountMinor : amountMinor);

/** What the typed lines and the typed exchange come to. */
export function evaluateExchange(exchanging: Exchanging): ExchangeDraft {
  const { money, typed } = exchanging;
  const { allocations, usedMinor, problems } = readLines(exchanging.lines);
  const isIncoming = money.amountMinor > 0n;
  const found: ExchangeDraft['problems'] = [...problems];
  const given = typed.moneyText.trim() !== '' || typed.rateText.trim() !== '';
  if (allocations.length > 0 && (usedMinor === 0n || usedMinor > 0n !== isIncoming)) {
    found.push({ kind: 'unused' });
  }
  const outcome = given ? byTyped(exchanging, size(usedMinor)) : byBank(exchanging, size(usedMinor));
  if (typeof outcome === 'string') {
    if (found.length === 0) found.push({ kind: outcome });
    return { allocations, restMinor: money.amountMinor, problems: found };
  }
  const restMinor = size(money.amountMinor) - outcome.used.moneyMinor;
  if (restMinor < 0n) found.push({ kind: 'overMoney' });
  return { allocations, restMinor: isIncoming ? restMinor : -restMinor, problems: found, ...outcome };
}

type Outcome = Required<Pick<ExchangeDraft, 'used'>> & Pick<ExchangeDraft, 'exchange'>;

function byTyped({ currency, money, typed }: Exchanging, usedMinor: bigint): Outcome | 'badExchange' {
  const charges = parseAmount(plainAmount(typed.chargesText) || '0', money.currency);
  if (!charges.ok || usedMinor === 0n) return 'badExchange';
  const chargesMinor = charges.amountMinor;
  const sign = money.amountMinor > 0n ? 1n : -1n;
  const rate = typed.rateText.trim().replace(',', '.');
  if (rate !== '') {
    const quote = { rate, unitCurrency: currency };
    const grossMinor = convertMinor(usedMinor, currency, money.currency, quote);
    if (grossMinor === undefined || grossMinor <= sign * chargesMinor) return 'badExchange';
    const netMinor = grossMinor - sign * chargesMinor;
    const allMinor = size(money.amountMinor);
    const tolerance = rateTolerance(grossMinor, usedMinor, rate, MOST_RATE_PPM);
    const moneyMinor = size(netMinor - allMinor) <= tolerance ? allMinor : netMinor;
    return { exchange: { rate, chargesMinor }, used: { moneyMinor, quote, isBanksWord: false } };
  }
  const read = parseAmount(plainAmount(typed.moneyText), money.currency);
  const grossMinor = read.ok ? read.amountMinor + sign * chargesMinor : 0n;
  if (!read.ok || read.amountMinor === 0n || grossMinor <= 0n) return 'badExchange';
  const quote = impliedQuote(
    { amountMinor: usedMinor, currency },
    { amountMinor: grossMinor, currency: money.currency },
  );
  const { amountMinor: moneyMinor } = read;
  return { exchange: { moneyMinor, chargesMinor }, used: { moneyMinor, quote, isBanksWord: false } };
}

/** The share of the money that the items are of what the bank tells it to be. */
function byBank(
  { currency, money, told }: Exchanging,
  usedMinor: bigint,
): Outcome | 'noExchange' | 'overMoney' {
  if (told === null || told.currency !== currency) return 'noExchange';
  const leftMinor = told.amountMinor - usedMinor;
  if (leftMinor < -told.toleranceMinor) return 'overMoney';
  const takenMinor = leftMinor <= told.toleranceMinor ? told.amountMinor : usedMinor;
  const sign = money.amountMinor > 0n ? 1n : -1n;
  const gross = size(money.amountMinor) + sign * told.chargesMinor;
  const moneyMinor = divideRounded(gross * takenMinor, told.amountMinor) - sign * told.chargesMinor;
  const { rate, unitCurrency } = told;
  return { used: { moneyMinor, quote: { rate, unitCurrency }, isBanksWord: true } };
}
