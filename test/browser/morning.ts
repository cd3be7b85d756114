/** The files of one morning, and what they say by their own words: what the screens are held against. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { fromRoot } from '../../build/lib/paths.mjs';

// A browser, an engine and Argon2 on a machine that has other work to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

/** What a screen comes to say in its own time. */
export const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

const file = (name: string) => fromRoot('resources', 'demo', name);
const text = (path: string) => readFileSync(path, 'utf8');

export const CUSTOMERS = file('customers.csv');
export const INVOICES = file('invoices.csv');
export const CAMT = file('2026-11-19-eur-main.camt053.xml');
export const MT940 = file('2026-11-19-eur-collect.mt940.sta');

const grouped = (plain: string) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(plain as `${number}`);

const linesOfCsv = (path: string) => text(path).trimEnd().split('\n').length - 1;

/** Counts and balances read from the files themselves, written as the console writes them. */
export const MORNING = {
  customers: linesOfCsv(CUSTOMERS),
  invoices: linesOfCsv(INVOICES),
  camtLines: text(CAMT).match(/<TxDtls>/g)!.length,
  mtLines: text(MT940).match(/^:61:/gm)!.length,
  camtClosing: grouped(/<Cd>CLBD<\/Cd>[\s\S]*?<Amt Ccy="EUR">([\d.]+)</.exec(text(CAMT))![1]!),
  mtClosing: grouped(/^:62F:C\d{6}EUR([\d,]+)/m.exec(text(MT940))![1]!.replace(',', '.')),
  /** A customer of the list: its name may be nowhere but behind an open vault. */
  customerName: text(CUSTOMERS).split('\n')[1]!.split(',')[1]!,
} as const;

export const LINES = MORNING.camtLines + MORNING.mtLines;

export const VAULT_NAME = 'Morning desk';
export const PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';

/** The number on a filter of the desk: `Suggested 3` is 3. */
export async function countOf(page: Page, filter: string): Promise<number> {
  const words = await page.getByRole('button', { name: new RegExp(`^${filter}[\\d,]+$`) }).innerText();
  return Number(words.replace(/\D/g, ''));
}

/** The amount a row or a heading shows, without its currency: `10,851.77`. */
export function amountIn(words: string): string {
  const found = /-?\d[\d,]*\.\d{2}/.exec(words);
  if (!found) throw new Error(`no amount in: ${words}`);
  return found[0];
}
